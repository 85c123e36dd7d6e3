"""Runs that are stopped: nothing is lost, nothing hangs."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from livewall_listener import spool_folder
from support.oracle import assert_equal, read_output
from support.robot import Run, RunningRobot, run_robot, start_robot
from support.waiting import wait_for
from support.wall import HANG, Answer, RecordingWall, Request, record_of

SUITES = Path(__file__).parents[1] / "suites"
LONG_SETUP = """
*** Settings ***
Library         OperatingSystem
Suite Setup     Prepare

*** Test Cases ***
One
    No Operation

*** Keywords ***
Prepare
    Wait Until Created    ${FLAG}    60s
"""


@pytest.fixture
def start(tmp_path: Path, wall: RecordingWall) -> Iterator[Callable[..., RunningRobot]]:
    """`start_robot` that leaves nothing running."""
    started: list[RunningRobot] = []

    def start(suites: Path, *args: str, **options: Any) -> RunningRobot:
        started.append(start_robot(suites, *args, cwd=tmp_path, **{"url": wall.url, **options}))
        return started[-1]

    yield start
    for running in started:
        running.kill()


@pytest.fixture
def start_waiting(start: Callable[..., RunningRobot], tmp_path: Path) -> Callable[..., RunningRobot]:
    """Start a run that stands still in the middle of a test until the file `flag` is there."""

    def start_waiting(wall: RecordingWall, robot: str | None = None, hold: str = "") -> RunningRobot:
        variables = ("--variable", f"FLAG:{tmp_path / 'flag'}", "--variable", "PAUSE:1ms", "--variable", f"HOLD:{hold}")
        running = start(SUITES / "slow", *variables, url=wall.url, robot=robot)
        wait_for(lambda: "Waits In The Middle" in str(wall.process(running.run_id).of("start_test")), 60)
        return running

    return start_waiting


def resend(running: RunningRobot | Run, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "livewall_listener", "resend", "--spool", str(running.spool), *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.both_deliveries
def test_ctrl_c_once_ends_the_run_and_its_report(
    wall: RecordingWall, start_waiting: Callable[..., RunningRobot], robot: str | None
) -> None:
    running = start_waiting(wall, robot)
    running.interrupt()
    run = running.finish(60)
    process = wall.process(run.run_id)
    assert process.kinds()[-1] == "end_process"
    expected, actual = read_output(run.output), record_of(process.events)
    assert_equal(expected, actual, resolution=0.0011, leave_out=("setup", "teardown"))
    assert any("robot:exit" in test.tags for test in actual.tests)
    assert list(run.spool.iterdir()) == []


def test_ctrl_c_twice_ends_the_report_too(wall: RecordingWall, start_waiting: Callable[..., RunningRobot]) -> None:
    running = start_waiting(wall, hold="teardown")
    running.interrupt()
    wait_for(lambda: "Second signal will force exit" in running.console, 60)
    running.interrupt()
    run = running.finish(60)
    assert run.exit_code != 0 and "Traceback" not in run.console
    end = wall.process(run.run_id).of("end_process")
    ended = len(wall.process(run.run_id).of("end_test"))
    assert [(event["total"], ended) for event in end] == [(ended, ended)]


@pytest.mark.both_deliveries
def test_ctrl_c_while_waiting_for_the_last_acknowledgement(
    wall: RecordingWall, start: Callable[..., RunningRobot]
) -> None:

    def before(request: Request) -> Answer | None:
        """It has seen what it was sent, and no more: the rest would not be sent at all."""
        if not request.is_events:
            return None
        seen = request.body["first_seq"] + len(request.body["events"]) - 1
        return Answer(503, {"seen_upto": seen}, {"Retry-After": "1"})

    wall.before = before
    running = start(SUITES / "empty", "--runemptysuite", env={"LIVEWALL_TIMEOUT": "3000"})
    wait_for(lambda: "Report:" in running.console, 60)
    wait_for(lambda: any("end_process" in str(r.body) for r in wall.requests), 60)
    asked = len(wall.requests)
    wait_for(lambda: len(wall.requests) > asked + 2, 60, "it to have waited for seconds")
    running.interrupt()
    run = running.finish(60)
    assert run.exit_code == 0 and "Traceback" not in run.console
    assert re.search(r"livewall: \d+ events are kept in", run.console)


def test_a_killed_run_s_events_are_delivered_by_resend(
    wall: RecordingWall, start_waiting: Callable[..., RunningRobot], tmp_path: Path
) -> None:
    hang = False

    def before(request: Request) -> Answer | None:
        return HANG if hang and request.is_events else None

    wall.before = before
    running = start_waiting(wall)
    hang = True
    (tmp_path / "flag").touch()
    wait_for(lambda: b'"id":"s1-s4-t4"' in b"".join(p.read_bytes() for p in running.spool.glob("*.spool")), 60)
    running.kill()
    known = len(wall.process(running.run_id).events)
    with RecordingWall() as later:
        done = resend(running, "--url", later.url)
        assert done.returncode == 0, done.stdout + done.stderr
        events = later.process(running.run_id).events
        assert len(events) > known and events[: len(wall.process(running.run_id).events)]
        assert any(event["kind"] == "end_test" and event["id"] == "s1-s4-t3" for event in events)
    assert list(running.spool.iterdir()) == []


def test_a_killed_run_that_the_wall_has_whole_is_not_delivered_again(
    wall: RecordingWall, start_waiting: Callable[..., RunningRobot]
) -> None:
    running = start_waiting(wall)
    (path,) = running.spool.glob("*.spool")
    wait_for(lambda: spool_folder.noted(path) == len(wall.process(running.run_id).events), 60)
    running.kill()
    with RecordingWall() as later:
        assert resend(running, "--url", later.url).returncode == 0
        assert later.requests == []
    assert list(running.spool.iterdir()) == []


def test_a_running_run_s_spool_is_left_alone(
    wall: RecordingWall, start_waiting: Callable[..., RunningRobot], tmp_path: Path
) -> None:
    running = start_waiting(wall)
    (spool,) = running.spool.glob("*.spool")
    done = resend(running)
    assert done.returncode == 3
    holder = re.search(rf"left: {spool.name}: process (\d+) \(", done.stdout)
    robot = psutil.Process(running.process.pid)
    assert holder and int(holder[1]) in {process.pid for process in (robot, *robot.children())}
    assert spool.exists()
    (tmp_path / "flag").touch()
    run = running.finish(60)
    assert_equal(read_output(run.output), wall.record(run.run_id))


def test_a_run_that_ended_while_the_wall_was_away_is_delivered_by_the_next(
    start_waiting: Callable[..., RunningRobot], tmp_path: Path
) -> None:
    with RecordingWall() as wall:
        port, url = wall.port, wall.url
    first = run_robot(SUITES / "slow", "--variable", "PAUSE:1ms", cwd=tmp_path, url=url)
    assert "resend` delivers them" in first.console
    assert len(list(first.spool.glob("*.spool"))) == 1
    with RecordingWall(port) as wall:
        second = start_waiting(wall)
        wait_for(lambda: "end_process" in wall.process(first.run_id).kinds(), 60)
        wait_for(lambda: len(list(first.spool.glob("*.spool"))) == 1, 60)
        (tmp_path / "flag").touch()
        run = second.finish(60)
        assert_equal(read_output(first.output), wall.record(first.run_id))
        assert_equal(read_output(run.output), wall.record(run.run_id))
        assert list(run.spool.iterdir()) == []


def test_resend_says_what_it_did(tmp_path: Path) -> None:
    with RecordingWall() as wall:
        port, url = wall.port, wall.url
    run = run_robot(SUITES / "slow", "--variable", "PAUSE:1ms", cwd=tmp_path, url=url)

    away = resend(run)
    assert away.returncode == 1 and f"of run {run.run_id}: " in away.stdout and "0 delivered, 1 kept" in away.stdout
    with RecordingWall(port) as wall:
        done = resend(run)
        assert done.returncode == 0 and "1 delivered, 0 kept" in done.stdout
        assert_equal(read_output(run.output), wall.record(run.run_id))
    nothing = resend(run)
    assert nothing.returncode == 0 and "Nothing to deliver" in nothing.stdout


@pytest.mark.both_deliveries
def test_the_keyword_that_runs_is_told(
    wall: RecordingWall, start_waiting: Callable[..., RunningRobot], tmp_path: Path, robot: str | None
) -> None:
    running = start_waiting(wall, robot)
    sample = wait_for(lambda: wall.process(running.run_id).samples, 60)[0]
    assert sample["keywords"][0] == "Wait For The Flag" and sample["phase"] == ""
    assert sample["elapsed_time"] >= 0
    (tmp_path / "flag").touch()
    running.finish(60)


def test_a_long_suite_setup_is_told(
    wall: RecordingWall, start: Callable[..., RunningRobot], tmp_path: Path, robot: str | None
) -> None:
    suite = tmp_path / "long.robot"
    suite.write_text(LONG_SETUP, encoding="utf-8")
    flag = tmp_path / "flag"
    running = start(suite, "--variable", f"FLAG:{flag}", robot=robot)
    sample = wait_for(lambda: wall.process(running.run_id).samples, 60)[0]
    assert sample["phase"] == "suite setup" and sample["keywords"] == ["Prepare", "Wait Until Created"]
    assert sample["phase_elapsed_time"] >= 2
    flag.touch()
    running.finish(60)


def test_ending_takes_no_time_when_the_wall_answers(wall: RecordingWall, tmp_path: Path) -> None:
    began = time.monotonic()
    run_robot(SUITES / "empty", "--runemptysuite", cwd=tmp_path, url=wall.url, env={"LIVEWALL_TIMEOUT": "300"})
    assert time.monotonic() - began < 200
