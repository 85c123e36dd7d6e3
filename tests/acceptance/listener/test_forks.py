"""Keywords that fork: what they start may outlive the run, and holds nothing of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from support.ports import free_port
from support.robot import RunningRobot, start_robot
from support.waiting import wait_for
from support.wall import RecordingWall

SUITE = """
*** Settings ***
Library    library.py    ${CURDIR}

*** Test Cases ***
Start A Helper
    Start Helper

Wait
    Wait For    ${CURDIR}/go
"""
LIBRARY = """
import ctypes
import os
import time


class library:
    def __init__(self, folder):
        self._folder = folder

    def start_helper(self):
        if {fork}() == 0:
            {child}

    def wait_for(self, path):
        with open(os.path.join(self._folder, "waits"), "w"):
            pass
        while not os.path.exists(path):
            time.sleep(0.05)
"""
LIVE_ON = """
            os.setsid()
            for descriptor in (0, 1, 2):
                os.close(descriptor)
            with open(os.path.join(self._folder, "helper.new"), "w") as file:
                file.write(str(os.getpid()))
            os.rename(file.name, os.path.join(self._folder, "helper"))
            time.sleep(600)
            os._exit(0)
"""
PYTHON, C = "os.fork", "ctypes.PyDLL(None).fork"
HELD = 3
"""Exit code of `resend` where a process that still runs has something in hand."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    if (tmp_path / "helper").exists():
        os.kill(helper(tmp_path), signal.SIGKILL)


def helper(folder: Path) -> int:
    return int((folder / "helper").read_text(encoding="utf-8"))


def start(folder: Path, url: str, fork: str, child: str, robot: str | None = None, timeout: str = "1") -> RunningRobot:
    (folder / "library.py").write_text(LIBRARY.format(fork=fork, child=child), encoding="utf-8")
    (folder / "a.robot").write_text(SUITE, encoding="utf-8")
    running = start_robot(folder / "a.robot", cwd=folder, url=url, env={"LIVEWALL_TIMEOUT": timeout}, robot=robot)
    wait_for((folder / "waits").exists, 60, "the second test to run")
    return running


def start_a_fork_of_c(folder: Path, url: str) -> RunningRobot:
    """With a helper that runs: what another thread held while C forked, its memory say, is never free in the child."""
    for _ in range(5):
        running = start(folder, url, C, LIVE_ON)
        with suppress(AssertionError):
            wait_for((folder / "helper").exists, 30, "the helper to run")
            return running
        running.kill()
        (folder / "waits").unlink()
        shutil.rmtree(folder / "spool")
    raise AssertionError("no fork of C ever ran on")


def resend(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "livewall_listener", "resend", "--spool", str(folder / "spool"), "--url", url]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def resend_all(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Once nobody has any of it in hand: a courier ends a moment after its robot was killed."""

    def look() -> subprocess.CompletedProcess[str] | None:
        done = resend(folder, url)
        return None if done.returncode == HELD else done

    return wait_for(look, 60, "the spool to be let go")


@pytest.mark.parametrize("end", ["ends", "is killed"])
def test_what_a_helper_outlives_is_delivered(folder: Path, wall: RecordingWall, robot: str | None, end: str) -> None:
    running = start(folder, f"http://127.0.0.1:{free_port()}", PYTHON, LIVE_ON, robot)
    wait_for((folder / "helper").exists, 60)
    if end == "ends":
        (folder / "go").touch()
        running.finish()
    else:
        wait_for(lambda: any(b"start_test" in path.read_bytes() for path in (folder / "spool").glob("*.spool")), 60)
        running.process.kill()
        running.process.wait(60)
    os.kill(helper(folder), 0)
    done = resend_all(folder, wall.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("end_process" in wall.process(running.run_id).kinds()) == (end == "ends")
    assert "Start A Helper" in str(wall.process(running.run_id).events)
    assert list((folder / "spool").iterdir()) == []


@pytest.mark.both_deliveries
def test_a_fork_that_python_does_not_know_of_is_told_apart(folder: Path, wall: RecordingWall, delivery: str) -> None:
    """It holds the lock of a run that was killed: `resend` says who has what, and with which exit code.

    A courier has the lock to itself, and ends with robot, whoever holds robot's end of its socket.
    """
    running = start_a_fork_of_c(folder, f"http://127.0.0.1:{free_port()}")
    running.process.kill()
    running.process.wait(60)
    if delivery == "process":

        def is_delivered() -> bool:
            done = resend(folder, wall.url)  # there may be no spool yet: the courier began a moment ago
            return done.returncode == 0 and "Start A Helper" in str(wall.process(running.run_id).events)

        wait_for(is_delivered, 60, "what the courier left to be delivered")
        return
    done = resend(folder, wall.url)
    assert done.returncode == HELD, done.stdout + done.stderr
    assert f"process {helper(folder)} (" in done.stdout and "1 left to processes that still run" in done.stdout
    assert wall.runs == {}
    os.kill(helper(folder), signal.SIGKILL)
    (folder / "helper").unlink()
    assert wait_for(lambda: resend(folder, wall.url).returncode == 0, 60)
    assert "Start A Helper" in str(wall.process(running.run_id).events)


@pytest.mark.parametrize("fork", [PYTHON, C])
def test_a_child_that_runs_on_to_the_end_reports_nothing(folder: Path, wall: RecordingWall, fork: str) -> None:
    """Both run the rest of the suite; the report is its parent's, and so is the spool."""
    running = start(folder, wall.url, fork, "pass", timeout="60")
    (folder / "go").touch()
    running.finish()
    kinds = wall.process(running.run_id).kinds()
    assert (kinds.count("end_test"), kinds.count("end_suite"), kinds[-1]) == (2, 1, "end_process")
    assert list((folder / "spool").iterdir()) == []
