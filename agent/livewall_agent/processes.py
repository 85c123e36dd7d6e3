"""The processes of a job, seen from the process that stands above them all, and what they use.

That is either the first process of a PID namespace, or a subreaper: a process to whom the kernel gives orphaned
descendants. In the first case everything else there is the job's; in the other one it is whoever descends from us.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_SET_CHILD_SUBREAPER = 36
_ROUNDS = 200
"""How often those that are left are killed: who forks without end is caught sooner or later."""
_PAUSE = 0.02


def is_first() -> bool:
    return os.getpid() == 1


def adopt_orphans() -> bool:
    """Become the parent of descendants whose own parent ends; -> whether this system can do that."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def of_job() -> list[int]:
    """All that are alive."""
    parents = {pid: parent for pid, parent, state in _states() if state not in "ZX"}
    if is_first():
        return [pid for pid in parents if pid != 1]
    family = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sorted(family - {os.getpid()})


def signal_all(number: int) -> None:
    if is_first():
        with suppress(ProcessLookupError):
            os.kill(-1, number)
        return
    for pid in of_job():
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def kill_all() -> int:
    """End all of them, by force; -> how many cannot be ended by us, or are stuck in the kernel."""
    for _ in range(_ROUNDS):
        signal_all(signal.SIGKILL)
        reap()
        if not of_job():
            return 0
        time.sleep(_PAUSE)
    return len(of_job())


def reap() -> dict[int, int]:
    """Exit codes of the children that have ended by now, those that we were given among them."""
    ended = {}
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended[found[0]] = os.waitstatus_to_exitcode(found[1]) & 0xFF
    return ended


def memory() -> int:
    """Bytes that are resident, all together; what several share counts for each of them."""
    pages = 0
    for pid in of_job():
        with suppress(OSError, ValueError, IndexError):
            pages += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def disk(folder: Path) -> int:
    """Bytes on the disk below a folder; links are not followed."""
    size = 0
    for place, _, names in os.walk(folder, onerror=None):
        for name in names:
            with suppress(OSError):
                size += os.lstat(os.path.join(place, name)).st_blocks * 512  # noqa: PTH118  # a million of them
    return size


def _states() -> Iterator[tuple[int, int, str]]:
    """Process, parent, state. The command's name, in brackets, may hold anything."""
    for entry in os.listdir("/proc"):  # noqa: PTH208
        if entry.isdigit():
            with suppress(OSError, ValueError, IndexError):
                words = Path(f"/proc/{entry}/stat").read_bytes().rpartition(b")")[2].split()
                yield int(entry), int(words[1]), words[0].decode()
