"""The listener given twice, robots within robots, after each other and at once: each run is one run, and whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.environment import quiet_environment
from support.oracle import assert_equal, read_output
from support.robot import LISTENER, run_robot
from support.wall import RecordingWall, record_of

SUITES = Path(__file__).parents[1] / "suites"
TWICE = "the listener is given twice"


@pytest.mark.parametrize("listener", [None, LISTENER])
def test_a_robot_inside_a_keyword(wall: RecordingWall, tmp_path: Path, robot: str | None, listener: str | None) -> None:
    variable = ["--variable", f"LISTENER:{listener}"] if listener else []
    run = run_robot(SUITES / "nested", *variable, cwd=tmp_path, url=wall.url, robot=robot, run_id="")
    assert "livewall:" not in run.console
    records = {record.name: record for record in map(record_of, events_of(wall))}
    outer = records.pop("Nested")
    assert [(test.id, test.status) for test in outer.tests] == [
        ("s1-s1-t1", "PASS"),
        ("s1-s1-t2", "PASS"),
        ("s1-s1-t3", "FAIL"),
    ]
    suite = outer.suites[1]
    assert suite.setup and suite.teardown and suite.status == "FAIL"
    assert list(records) == (["Inner"] if listener else [])
    if listener:
        assert_equal(read_output(run.output.parent / "inner" / "output.xml"), records["Inner"], resolution=0.0011)


@pytest.mark.parametrize("other", [LISTENER, "livewall_listener", "livewall_listener.listener.Listener:setup=other"])
def test_given_twice_is_one_run_and_one_warning(wall: RecordingWall, tmp_path: Path, other: str) -> None:
    env = {"ROBOT_OPTIONS": f"--listener {other}"}
    run = run_robot(SUITES / "fatal", cwd=tmp_path, url=f"{wall.url}/", run_id="", env=env)
    assert_equal(read_output(run.output), wall.record())
    assert run.console.count(TWICE) == 1 and wall.record().warnings == 1
    assert list(run.spool.iterdir()) == []


def test_two_walls_are_reported_to_both(wall: RecordingWall, tmp_path: Path) -> None:
    with RecordingWall() as other:
        second = f"{LISTENER}:{other.url}"
        run = run_robot(SUITES / "fatal", "--listener", second, cwd=tmp_path, url=wall.url)
        for each in (wall, other):
            assert_equal(read_output(run.output), each.record(run.run_id))
    assert TWICE not in run.console


@pytest.mark.both_deliveries
def test_robots_after_each_other_in_one_process(wall: RecordingWall, tmp_path: Path) -> None:
    assert run_in_one_process(wall, tmp_path, "after each other") == (0, {"One", "Two", "Three"})
    for events in events_of(wall):
        record = record_of(events)
        assert_equal(read_output(tmp_path / record.name / "output.xml"), record)


def test_robots_at_once_in_one_process_hurt_nobody(wall: RecordingWall, tmp_path: Path) -> None:
    """Robot Framework itself does not support that: its files are mixed up. The process ends, and well."""
    code, names = run_in_one_process(wall, tmp_path, "at once")
    assert code == 0 and names <= {"One", "Two"}


def test_without_loggers_a_listener_sees_the_same_unless_others_interfere(wall: RecordingWall, tmp_path: Path) -> None:
    options = ["--pythonpath", str(SUITES)]
    listener = "without_loggers.Listener"
    run = run_robot(SUITES / "slow", *options, cwd=tmp_path, url=wall.url, listener=listener)
    assert_equal(read_output(run.output), wall.record(run.run_id))


def run_in_one_process(wall: RecordingWall, folder: Path, how: str) -> tuple[int, set[str]]:
    """-> its exit code and the names of the runs that were reported."""
    command = [sys.executable, SUITES / "in_one_process.py", how, folder, SUITES / "slow" / "a.robot"]
    env = {**quiet_environment(), "LIVEWALL_URL": wall.url, "LIVEWALL_SPOOL": str(folder / "spool")}
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True, timeout=120)
    assert "livewall:" not in done.stdout + done.stderr, done
    return done.returncode, {events[0]["name"] for events in events_of(wall)}


def events_of(wall: RecordingWall) -> list[list[dict[str, object]]]:
    return [process.events for processes in wall.runs.values() for process in processes.values()]
