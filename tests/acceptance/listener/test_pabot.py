"""pabot's processes find each other, without a word from the user, on the newest and the oldest Robot Framework."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from support.oracle import MERGED, Record, assert_equal, read_output
from support.robot import Run, run_pabot, run_robot, start_pabot
from support.waiting import wait_for
from support.wall import RecordingWall, record_of

SUITES = Path(__file__).parents[1] / "suites"


def run(wall: RecordingWall, cwd: Path, *args: str, robot: str | None = None, run_id: str = "") -> Run:
    variables = ("--variable", "PAUSE:5ms", "--suite", "b", "--suite", "c")
    return run_pabot(SUITES / "slow", *variables, *args, cwd=cwd, url=wall.url, robot=robot, run_id=run_id)


def tests_of(wall: RecordingWall, run_id: str) -> Record:
    """All tests of a run's processes."""
    records = [record_of(process.events) for process in wall.runs[run_id].values()]
    found = records[0]
    for record in records[1:]:
        found.tests += record.tests
    return found


def assert_merged(wall: RecordingWall, run_id: str, merged: Path) -> None:
    expected, actual = read_output(merged), tests_of(wall, run_id)
    wanted, had = (
        Record("", "", 0, 0, 0, 0, tests=sorted(record.tests, key=lambda test: test.longname))
        for record in (expected, actual)
    )
    assert_equal(wanted, had, by=MERGED, leave_out=("id",), ordered=False, resolution=0.0011)


def test_one_run_with_a_process_a_suite(wall: RecordingWall, tmp_path: Path, robot: str | None) -> None:
    merged = run(wall, tmp_path, robot=robot).output
    (run_id,) = wall.runs
    infos = [process.infos[0] for process in wall.runs[run_id].values()]
    assert sorted(info["slot"] for info in infos) == ["0", "1"]
    assert all(info["pabot"] for info in infos)
    assert sum(info["last_in_pool"] for info in infos) == 1
    assert_merged(wall, run_id, merged)


def test_split_by_test_the_total_is_known_from_the_start(
    wall: RecordingWall, tmp_path: Path, robot: str | None
) -> None:
    merged = run(wall, tmp_path, "--testlevelsplit", robot=robot).output
    (run_id,) = wall.runs
    assert len(wall.runs[run_id]) == 8
    assert {process.infos[0]["total"] for process in wall.runs[run_id].values()} == {8}
    assert_merged(wall, run_id, merged)


@pytest.mark.soak
def test_two_at_once_in_one_folder_of_one_node_do_not_mix(wall: RecordingWall, tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda _: run(wall, tmp_path), range(2)))
    assert len(wall.runs) == 2
    starts = {run_id: {test.start_time for test in tests_of(wall, run_id).tests} for run_id in wall.runs}
    for each in runs:
        own = {test.start_time for test in read_output(each.output).tests}
        (run_id,) = (run_id for run_id, seen in starts.items() if seen == own)
        assert_merged(wall, run_id, each.output)


@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "robot started by a script"])
def test_a_command_between_pabot_and_robot(wall: RecordingWall, tmp_path: Path, wrapped: bool) -> None:
    script = tmp_path / "wrapper.sh"
    script.write_text('#!/bin/sh\npython3 -c "" 2> /dev/null\n"$@"\nexit $?\n', encoding="utf-8")
    script.chmod(0o755)
    command = ["--command", *([str(script)] if wrapped else []), sys.executable, "-m", "robot", "--end-command"]
    runner = ("-m", "pabot.pabot", "--processes", "2", *command)
    args = ("--variable", "PAUSE:5ms", "--suite", "b", "--suite", "c")
    run_robot(SUITES / "slow", *args, cwd=tmp_path, url=wall.url, run_id="", runner=runner)
    (run_id,) = wall.runs
    assert len(wall.runs[run_id]) == 2


def test_the_user_s_own_run_id(wall: RecordingWall, tmp_path: Path) -> None:
    for _ in range(2):
        run(wall, tmp_path, run_id="nightly-7")
    assert list(wall.runs) == ["nightly-7"]
    slots = [process.infos[0]["slot"] for process in wall.runs["nightly-7"].values()]
    assert len(set(slots)) == 4, "a second pabot takes nobody's place"


@pytest.mark.both_deliveries
def test_a_process_that_is_killed_costs_the_others_nothing(wall: RecordingWall, tmp_path: Path, delivery: str) -> None:
    variables = ("--variable", "PAUSE:1ms", "--variable", f"FLAG:{tmp_path / 'flag'}", "--suite", "a", "--suite", "b")
    running = start_pabot(SUITES / "slow", *variables, cwd=tmp_path, url=wall.url, run_id="killed")

    def waiting() -> list[str]:
        told = wall.runs.get("killed", {}).items()
        return [name for name, process in told if "Waits In The Middle" in str(process.of("start_test"))]

    try:
        (name,) = wait_for(waiting, 60, "the third test to run")
        folder = f"pabot_results/{wall.process('killed', name).infos[0]['slot'].rpartition('.')[2]}/"
        (robot,) = (child for child in psutil.Process(running.process.pid).children() if folder in _command(child))
        robot.kill()
        run = running.finish()
    finally:
        running.kill()
    if delivery == "threads":
        command = [sys.executable, "-m", "livewall_listener", "resend", "--spool", str(run.spool), "--url", wall.url]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    wait_for(lambda: not list(run.spool.iterdir()), 60, "nothing to be left")
    (other,) = wall.runs["killed"].keys() - {name}
    assert_equal(read_output(run.output.parent / "pabot_results" / "1" / "output.xml"), wall.record("killed", other))
    killed = wall.process("killed", name)
    assert [event["name"] for event in killed.of("end_test")] == ["Quick", "Fails At Once"]
    assert killed.infos[0]["died"] is (delivery == "process")


def _command(process: psutil.Process) -> str:
    """Empty for one that has ended whose parent has not looked after it yet."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # a zombie, too
        return ""
