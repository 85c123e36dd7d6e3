"""One scheduled run: alone under its lock, its results in a folder of their own, ended when it takes too long."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from livewall_schedule.entries import Entry

SKIPPED = 75
"""Exit code of a run that another one keeps from running: EX_TEMPFAIL."""
FAULT = 250
"""robot's exit codes up to here count failed tests, those above mean that it could not run."""
ENDED, KILLED = 253, 256
_FAULTS = {
    252: "robot found no tests, or its arguments wrong",
    ENDED: "before its time: it was told to end",
    KILLED: "killed",
}
TO_END = 60.0
"""Seconds that robot is given to write its results when it is told to end, before it is killed."""


@dataclass(frozen=True)
class Node:
    """`robot`: the program that runs suites and reports them. `state`: folder for locks and results."""

    robot: str
    state: Path


class _Busy(Exception):
    """Another run goes on; says which."""


def run(entry: Entry, node: Node, say: Callable[[str], None]) -> int:
    """The exit code: 0 also where tests failed, which is a result and no fault of the node; 75 for a skipped run."""
    try:
        with _lock(entry, node) as lock:
            return _run(entry, node, lock, say)
    except _Busy as busy:
        say(f"{entry.name}: skipped, as {busy} still goes on")
        return SKIPPED


def _run(entry: Entry, node: Node, lock: int, say: Callable[[str], None]) -> int:
    results = node.state / "results" / entry.name
    output = results / datetime.now().astimezone().strftime("%Y-%m-%d_%H-%M-%S")
    output.mkdir(parents=True, exist_ok=True)
    say(f"{entry.name}: begins, results go to {output}")
    began = time.monotonic()
    code = _robot(entry, [node.robot, "--outputdir", str(output), *entry.args, *entry.suites], lock, say)
    say(f"{entry.name}: ended after {time.monotonic() - began:.0f} s, {_meaning(code)}")
    _keep(results, entry.keep)
    return 0 if code <= FAULT else min(code, 255)


def _robot(entry: Entry, command: list[str], lock: int, say: Callable[[str], None]) -> int:
    """The lock is robot's, too: were we killed, no other run would begin before it has ended."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **entry.environment},
        stdin=subprocess.DEVNULL,
        pass_fds=[lock],
        start_new_session=True,  # a signal to us is passed on once, and does not reach robot twice
    )

    told = []

    def pass_on(number: int, _frame: Any) -> None:
        told.append(number)
        process.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    try:
        code = _code(process.wait(entry.limit or None))
        return ENDED if told and code <= FAULT else code  # robot itself counts what it did not run as failed
    except subprocess.TimeoutExpired:
        say(f"{entry.name}: takes longer than its limit of {entry.limit} s, and is ended")
    process.terminate()
    try:
        return max(ENDED, _code(process.wait(TO_END)))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return _code(process.wait())


def _code(returned: int) -> int:
    return returned if returned >= 0 else KILLED


def _meaning(code: int) -> str:
    if code == 0:
        return "all tests passed"
    if code <= FAULT:
        return f"{code if code < FAULT else '250 or more'} failed"
    return _FAULTS.get(code, f"robot's exit code is {code}")


@contextmanager
def _lock(entry: Entry, node: Node) -> Iterator[int]:
    """The lock's file descriptor. Raises _Busy."""
    node.state.mkdir(parents=True, exist_ok=True)
    with (node.state / f"{entry.lock}.lock").open("a+", encoding="utf-8") as file:
        deadline = time.monotonic() + entry.wait
        while not _try(file.fileno()):
            if time.monotonic() >= deadline:
                file.seek(0)
                raise _Busy(file.read().strip() or "another run")
            time.sleep(min(1.0, max(0.0, deadline - time.monotonic())))
        file.truncate(0)
        file.write(f"{entry.name} (since {datetime.now().astimezone():%Y-%m-%d %H:%M:%S}, process {os.getpid()})\n")
        file.flush()
        yield file.fileno()


def _try(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _keep(results: Path, count: int) -> None:
    """Remove all but the latest; their names sort by time."""
    for old in sorted(path for path in results.iterdir() if path.is_dir())[:-count]:
        shutil.rmtree(old, ignore_errors=True)
