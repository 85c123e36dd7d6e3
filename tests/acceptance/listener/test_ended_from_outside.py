"""What ends a run from outside, other than by Ctrl-C: CI servers, containers, terminals, time limits."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.oracle import assert_equal, read_output
from support.process_killer import is_over, kill_all
from support.robot import Run, RunningRobot, start_robot
from support.waiting import wait_for
from support.wall import HANG, RecordingWall

COOKIE = "JENKINS_NODE_COOKIE"
SUITES = Path(__file__).parents[1] / "suites"
ROBOT = (sys.executable, "-m", "robot")
NAMESPACE = ("--pid", "--fork", "--kill-child", "--mount-proc")
UNSHARE, TIMEOUT = shutil.which("unshare"), shutil.which("timeout")
needs_a_namespace = pytest.mark.skipif(
    not UNSHARE or subprocess.run([UNSHARE, *NAMESPACE, "true"], check=False, capture_output=True).returncode != 0,
    reason="this user may make no PID namespace",
)


@pytest.fixture
def start(tmp_path: Path, wall: RecordingWall) -> Iterator[Callable[..., RunningRobot]]:
    """A run that stands in its third test; `under`: a program, and its arguments, that starts robot."""
    started: list[RunningRobot] = []

    def start(*under: str | None, **options: Any) -> RunningRobot:
        how = {"robot": under[0], "runner": (*under[1:], *ROBOT)} if under else {}
        variables = ("--variable", f"FLAG:{tmp_path / 'flag'}", "--variable", "PAUSE:1ms")
        started.append(start_robot(SUITES / "slow", *variables, cwd=tmp_path, url=wall.url, **how, **options))
        wait_for(lambda: "Waits In The Middle" in started[-1].console, 60, "the third test to run")
        return started[-1]

    yield start
    for running in started:
        running.kill()


def wait_told(wall: RecordingWall, running: RunningRobot) -> None:
    wait_for(lambda: "Waits In The Middle" in str(wall.process(running.run_id).of("start_test")), 60, "it to be told")


def processes_of(running: RunningRobot) -> list[psutil.Process]:
    """All that it was started by and has started."""
    above = psutil.Process(running.process.pid)
    return [above, *above.children(recursive=True)]


def wait_gone(processes: list[psutil.Process]) -> None:
    wait_for(lambda: all(map(is_over, processes)), 60, "the end of all its processes")


def resend(run: Run | RunningRobot, url: str) -> None:
    command = [sys.executable, "-m", "livewall_listener", "resend", "--spool", str(run.spool), "--url", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done
    assert list(run.spool.iterdir()) == []


def assert_ended_well(wall: RecordingWall, run: Run) -> None:
    assert "livewall" not in run.console
    assert wall.process(run.run_id).kinds()[-1] == "end_process"
    assert_equal(read_output(run.output), wall.record(run.run_id), resolution=0.0011, leave_out=("setup", "teardown"))
    assert list(run.spool.iterdir()) == []


def assert_quick_ones_are_told(wall: RecordingWall, running: RunningRobot, delivery: str) -> None:
    """Robot was killed in its third test. A courier says so; threads end with it, and leave the rest to others."""
    if delivery == "threads":
        resend(running, wall.url)
    wait_for(lambda: not list(running.spool.iterdir()), 60, "nothing to be left")
    told = wall.process(running.run_id)
    assert [event["name"] for event in told.of("end_test")] == ["Quick", "Fails At Once"]
    assert told.infos[0]["died"] is (delivery == "process")


def hang(wall: RecordingWall) -> None:
    wall.before = lambda request: HANG if request.is_events else None


# ---------------------------------------------------------------------- Jenkins


@pytest.mark.both_deliveries
def test_a_build_that_is_aborted_ends_in_order(start: Callable[..., RunningRobot], wall: RecordingWall) -> None:
    """What delivers is ended before robot is, and holds nobody up."""
    build = uuid.uuid4().hex
    running = start(env={COOKIE: build})
    wait_told(wall, running)
    assert kill_all(COOKIE, build) == []
    run = running.finish()
    assert any("robot:exit" in test.tags for test in wall.record(run.run_id).tests)
    assert_ended_well(wall, run)


def test_a_build_that_is_over_leaves_nobody_and_loses_nothing(
    start: Callable[..., RunningRobot], wall: RecordingWall, delivery: str
) -> None:
    """Robot was killed, and the wall hangs: what delivers has all of it still."""
    hang(wall)
    build = uuid.uuid4().hex
    running = start(env={COOKIE: build, "LIVEWALL_TIMEOUT": "3000"})
    wait_for(lambda: b"Waits In The Middle" in b"".join(p.read_bytes() for p in running.spool.glob("*.spool")), 60)
    processes = processes_of(running)
    running.process.kill()
    running.process.wait(60)
    assert kill_all(COOKIE, build) == []
    wait_gone(processes)
    with RecordingWall() as later:
        resend(running, later.url)
        assert [event["name"] for event in later.process(running.run_id).of("end_test")] == ["Quick", "Fails At Once"]


# ---------------------------------------------------------------------- containers


@needs_a_namespace
@pytest.mark.both_deliveries
def test_robot_as_the_first_process_of_a_container(
    start: Callable[..., RunningRobot], wall: RecordingWall, tmp_path: Path
) -> None:
    """There is nobody else who would collect what has ended."""
    running = start(UNSHARE, *NAMESPACE)
    wait_told(wall, running)
    processes = processes_of(running)
    (tmp_path / "flag").touch()
    run = running.finish()
    wait_gone(processes)
    assert run.exit_code == wall.record(run.run_id).failed
    assert "livewall" not in run.console
    assert_equal(read_output(run.output), wall.record(run.run_id))
    assert list(run.spool.iterdir()) == []


@needs_a_namespace
@pytest.mark.both_deliveries
def test_a_container_that_is_stopped_ends_in_order(start: Callable[..., RunningRobot], wall: RecordingWall) -> None:
    """By a SIGTERM to its first process, which is robot."""
    running = start(UNSHARE, *NAMESPACE)
    wait_told(wall, running)
    processes = processes_of(running)
    processes[1].terminate()
    assert_ended_well(wall, running.finish())
    wait_gone(processes)


COLLECTS_ROBOT_ALONE = "import signal, subprocess, sys; subprocess.call(sys.argv[1:]); signal.pause()"


@needs_a_namespace
@pytest.mark.both_deliveries
def test_robot_is_killed_in_a_container_that_goes_on(
    start: Callable[..., RunningRobot], wall: RecordingWall, delivery: str
) -> None:
    """Its first process asks for the end of robot, and of nobody else: what delivered stays there as a zombie."""
    running = start(UNSHARE, *NAMESPACE, sys.executable, "-c", COLLECTS_ROBOT_ALONE)
    wait_told(wall, running)
    _, _, robot, *_ = processes_of(running)
    robot.kill()
    robot.wait(60)
    assert_quick_ones_are_told(wall, running, delivery)


@needs_a_namespace
def test_a_container_that_is_killed_leaves_the_spool(start: Callable[..., RunningRobot], wall: RecordingWall) -> None:
    hang(wall)
    running = start(UNSHARE, *NAMESPACE)
    wait_for(lambda: b"Waits In The Middle" in b"".join(p.read_bytes() for p in running.spool.glob("*.spool")), 60)
    processes = processes_of(running)
    assert len(processes) >= 2
    running.process.kill()
    running.process.wait(60)
    wait_gone(processes)
    with RecordingWall() as later:
        resend(running, later.url)
        assert [event["name"] for event in later.process(running.run_id).of("end_test")] == ["Quick", "Fails At Once"]


# ---------------------------------------------------------------------- terminals, time limits

IN_A_TERMINAL = ("-c", "import pty, sys; pty.spawn(sys.argv[1:])")


@pytest.mark.skipif(not TIMEOUT, reason="there is no `timeout`")
@pytest.mark.both_deliveries
def test_a_time_limit_ends_it_in_order(start: Callable[..., RunningRobot], wall: RecordingWall) -> None:
    """`timeout` sends one signal to robot, and one to all of its group: two of them end robot at once."""
    running = start(TIMEOUT, "3600")
    wait_told(wall, running)
    os.kill(running.process.pid, signal.SIGALRM)
    run = running.finish()
    assert run.exit_code == 124 and "livewall" not in run.console
    assert wall.process(run.run_id).kinds()[-1] == "end_process"
    assert list(run.spool.iterdir()) == []


@pytest.mark.skipif(not TIMEOUT, reason="there is no `timeout`")
@pytest.mark.both_deliveries
@pytest.mark.parametrize(
    ("under", "number"),
    [
        ((TIMEOUT, "-s", "KILL", "3600"), signal.SIGALRM),
        ((sys.executable, *IN_A_TERMINAL), signal.SIGKILL),
        ((), signal.SIGHUP),
    ],
    ids=["a time limit", "a terminal that is closed", "hung up"],
)
def test_robot_is_killed_and_what_it_has_said_is_delivered(
    start: Callable[..., RunningRobot],
    wall: RecordingWall,
    delivery: str,
    under: tuple[str, ...],
    number: signal.Signals,
) -> None:
    """`number`: what its time is over by, or the window that shows the terminal is killed by."""
    running = start(*under)
    wait_told(wall, running)
    processes = processes_of(running)
    os.kill(running.process.pid, number)
    running.process.wait(60)
    wait_gone(processes[1:])
    assert_quick_ones_are_told(wall, running, delivery)
