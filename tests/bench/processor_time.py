"""Processor time of processes and of all that they start."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import psutil

TICK = 1 / os.sysconf("SC_CLK_TCK")
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> bool:
    """Be the parent of what a child of ours leaves behind from now on -> whether the system can: Linux alone, prctl(2).

    Chromium ends its processes that draw without waiting for them: a third of what a benchmark uses would be others'.
    """
    return sys.platform == "linux" and ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


def of_tree(pid: int) -> float:
    """Seconds that a process and what it started have used so far, what of that has ended included.

    Not what left the tree: a process whose parent ended before it, see `adopt_orphans`.
    """
    process = psutil.Process(pid)
    return sum(map(_used, [process, *process.children(recursive=True)]))


def at_work(thread: str | int = "thread-self") -> float:
    """Seconds in which the caller's thread, or the main thread of a process, ran or waited for a core so far.

    Linux alone: Documentation/scheduler/sched-stats.rst. Of what has ended, until it was waited for.
    """
    ran, waited = map(int, Path(f"/proc/{thread}/schedstat").read_text().split()[:2])
    return (ran + waited) / 1e9


def pid_at(port: int) -> int:
    """The process that listens at a port of this machine."""
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            return connection.pid
    raise AssertionError(f"nobody listens at {port}")


class Stopwatch:
    """Counts the processor time of process trees, by name, from now on."""

    def __init__(self, **pids: int) -> None:
        self._pids = pids
        self._begun = self._now()

    def seconds(self) -> dict[str, float]:
        """Used so far; a tick of the system's clock at least, as no less can be seen."""
        return {name: max(now - self._begun[name], TICK) for name, now in self._now().items()}

    def _now(self) -> dict[str, float]:
        return {name: of_tree(pid) for name, pid in self._pids.items()}


def _used(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:4]))  # with those of children that were waited for
    except psutil.NoSuchProcess:
        return 0.0
