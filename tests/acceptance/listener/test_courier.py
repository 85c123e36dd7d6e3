"""The process that delivers beside robot: what it has of robot, and what becomes of one when the other is killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.oracle import assert_equal, read_output
from support.ports import free_port
from support.robot import RunningRobot, run_robot, start_robot
from support.waiting import wait_for
from support.wall import HANG, Answer, RecordingWall, Request

SUITE = """
*** Settings ***
Library     library.py

*** Test Cases ***
First
    No Operation

Waits
    Wait    ${FLAG}    ${READY}

Last
    Fail    own
"""
LIBRARY = """
import os
import sys
import time


def wait(flag, ready):
    assert 'urllib3' not in sys.modules, 'robot itself knows HTTP'
    open(ready, 'w').close()
    while not os.path.exists(flag):
        time.sleep(0.02)
"""
TOKEN = "lw_secret_canary"


@pytest.fixture(autouse=True)
def _only_by_a_courier(delivery: str) -> None:
    if delivery != "process":
        pytest.skip("there is no courier")


class Waiting:
    """A run that stands in its second test, and its courier."""

    def __init__(self, robot: RunningRobot, folder: Path) -> None:
        self.robot = robot
        self._folder = folder
        wait_for((folder / "ready").exists, 60, "the second test to run")
        (self.courier,) = psutil.Process(robot.process.pid).children()

    def go_on(self) -> None:
        (self._folder / "flag").touch()


@pytest.fixture
def start(tmp_path: Path, wall: RecordingWall) -> Iterator[Callable[..., Waiting]]:
    started: list[RunningRobot] = []

    def start(**options: Any) -> Waiting:
        (tmp_path / "library.py").write_text(LIBRARY, encoding="utf-8")
        (tmp_path / "a.robot").write_text(SUITE, encoding="utf-8")
        variables = ("--variable", f"FLAG:{tmp_path / 'flag'}", "--variable", f"READY:{tmp_path / 'ready'}")
        options = {"url": wall.url, **options}
        started.append(start_robot(tmp_path / "a.robot", *variables, cwd=tmp_path, **options))
        return Waiting(started[-1], tmp_path)

    yield start
    for robot in started:
        robot.kill()


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def foreign_files(waiting: Waiting) -> list[str]:
    """What a courier has open that is not its own; for a moment each module that it imports is, too."""
    names = [str(path.readlink()) for path in Path(f"/proc/{waiting.courier.pid}/fd").iterdir()]
    return [name for name in names if not name.startswith(("socket:", "/dev/null", str(waiting.robot.spool)))]


def test_it_has_nothing_of_robot_and_shows_no_secret(start: Callable[..., Waiting], wall: RecordingWall) -> None:
    """Who waits for the end of robot's output does not wait for it, and Ctrl-C of a terminal is not meant for it."""
    waiting = start(env={"LIVEWALL_TOKEN": TOKEN})
    wait_for(lambda: "Waits" in str(wall.process(waiting.robot.run_id).events), 60, "the courier to have begun")
    wait_for(lambda: not foreign_files(waiting), 60, "nothing to be open but its own")
    assert os.getsid(waiting.courier.pid) != os.getsid(waiting.robot.process.pid)
    assert waiting.courier.cwd() == "/"
    assert TOKEN not in " ".join(waiting.courier.cmdline())
    waiting.go_on()
    waiting.robot.finish()
    assert is_gone(waiting.courier)
    assert [info["died"] for info in wall.process(waiting.robot.run_id).infos] == [False]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_what_a_terminal_sends_does_not_stop_it(
    start: Callable[..., Waiting], wall: RecordingWall, number: signal.Signals
) -> None:
    waiting = start()
    wait_for(lambda: "Waits" in str(wall.process(waiting.robot.run_id).events), 60)
    waiting.courier.send_signal(number)
    waiting.go_on()
    run = waiting.robot.finish()
    assert "livewall" not in run.console
    assert_equal(read_output(run.output), wall.record(run.run_id))


def test_told_to_end_it_leaves_all_to_robot(start: Callable[..., Waiting], wall: RecordingWall) -> None:
    """At once: pabot and Jenkins wait for it before they end robot."""
    waiting = start()
    wait_for(lambda: "Waits" in str(wall.process(waiting.robot.run_id).events), 60)
    waiting.courier.terminate()
    wait_for(lambda: is_gone(waiting.courier), 60)
    waiting.go_on()
    run = waiting.robot.finish()
    assert "livewall" not in run.console
    assert_equal(read_output(run.output), wall.record(run.run_id))
    assert [info["died"] for info in wall.process(run.run_id).infos] == [False, False]
    assert list(run.spool.iterdir()) == []


@pytest.mark.parametrize("is_heard", [True, False], ids=["a wall that answers", "a wall that hangs"])
def test_when_it_is_killed_robot_delivers_by_itself(
    start: Callable[..., Waiting], wall: RecordingWall, is_heard: bool
) -> None:
    hangs = not is_heard

    def before(request: Request) -> Answer | None:
        return HANG if hangs and request.is_events else None

    wall.before = before
    waiting = start(env={"LIVEWALL_TIMEOUT": "60"})
    if is_heard:
        wait_for(lambda: "Waits" in str(wall.process(waiting.robot.run_id).events), 60)
    waiting.courier.kill()
    wait_for(lambda: is_gone(waiting.courier), 60)
    hangs = False
    waiting.go_on()
    run = waiting.robot.finish()
    assert "livewall" not in run.console
    assert_equal(read_output(run.output), wall.record(run.run_id))
    assert list(run.spool.iterdir()) == []


def test_when_it_hangs_to_the_end_of_the_run_robot_ends_it_and_delivers_by_itself(
    start: Callable[..., Waiting], wall: RecordingWall
) -> None:
    """However long robot may wait for the wall."""
    waiting = start(env={"LIVEWALL_TIMEOUT": "3000"})
    waiting.courier.suspend()
    waiting.go_on()
    run = waiting.robot.finish()
    assert is_gone(waiting.courier)
    assert "livewall" not in run.console
    assert_equal(read_output(run.output), wall.record(run.run_id))
    assert list(run.spool.iterdir()) == []


def test_when_robot_is_killed_it_delivers_what_it_has_and_ends(
    start: Callable[..., Waiting], wall: RecordingWall
) -> None:
    waiting = start()
    waiting.robot.process.kill()
    waiting.robot.process.wait(60)
    wait_for(lambda: is_gone(waiting.courier), 60)
    ends = wall.process(waiting.robot.run_id).of("end_test")
    assert [event["name"] for event in ends] == ["First"]
    assert [info["died"] for info in wall.process(waiting.robot.run_id).infos] == [True, False]
    assert list(waiting.robot.spool.iterdir()) == []


def test_when_robot_is_killed_and_the_wall_hangs_it_ends_soon_and_leaves_the_spool(
    start: Callable[..., Waiting], wall: RecordingWall
) -> None:
    wall.before = lambda request: HANG if request.is_events else None
    waiting = start(env={"LIVEWALL_TIMEOUT": "3000"})
    waiting.robot.process.kill()
    waiting.robot.process.wait(60)
    wait_for(lambda: is_gone(waiting.courier), 60)
    assert len(list(waiting.robot.spool.glob("*.spool"))) == 1


def test_a_run_that_is_over_before_its_courier_has_begun_says_that_the_wall_is_away(tmp_path: Path) -> None:
    slow = tmp_path / "python3"
    slow.write_text(f'#!/bin/sh\nsleep 0.5\nexec {sys.executable} "$@"\n', encoding="utf-8")
    slow.chmod(0o755)
    runner = tmp_path / "runner.py"
    runner.write_text(f"import sys\nsys.executable = {str(slow)!r}\nfrom robot import run_cli\nrun_cli()\n")
    suite = tmp_path / "a.robot"
    suite.write_text("*** Test Cases ***\nOne\n    No Operation\n", encoding="utf-8")
    away = f"http://127.0.0.1:{free_port()}"
    run = run_robot(suite, cwd=tmp_path, url=away, runner=[str(runner)], robot=sys.executable)
    assert "cannot be reached" in run.output.read_text(encoding="utf-8")


@pytest.mark.parametrize("executable", ["", "/bin/false", "/nowhere/python3"])
def test_where_no_python_can_be_started_threads_deliver(wall: RecordingWall, tmp_path: Path, executable: str) -> None:
    """Python within a program, one that does not start, one that is not there."""
    runner = tmp_path / "runner.py"
    runner.write_text(f"import sys\nsys.executable = {executable!r}\nfrom robot import run_cli\nrun_cli()\n")
    suite = tmp_path / "a.robot"
    suite.write_text("*** Test Cases ***\nOne\n    No Operation\n", encoding="utf-8")
    if executable == "/bin/false":
        executable = str(tmp_path / "python3")
        Path(executable).symlink_to("/bin/false")
        runner.write_text(runner.read_text().replace("/bin/false", executable))
    run = run_robot(suite, cwd=tmp_path, url=wall.url, runner=[str(runner)], robot=sys.executable)
    assert_equal(read_output(run.output), wall.record(run.run_id))
    assert list(run.spool.iterdir()) == []
