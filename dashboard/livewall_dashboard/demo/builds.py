"""The demo's robot runs as builds: what its pretend Jenkins tells of each."""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

KEPT = 20
TAIL = 20_000
"""Bytes at the end of output.xml that have the totals in them."""

_TOTALS = re.compile(rb'<stat pass="(\d+)" fail="(\d+)" skip="(\d+)">All Tests</stat>')


@dataclass(slots=True)
class Build:
    """Times are seconds since 1970. `result` is None while it runs; `tests`: total, failed, skipped."""

    number: int
    branch: str
    commit: str
    started_at: float = field(default_factory=time.time)
    ended_at: float | None = None
    result: str | None = None
    description: str = ""
    tests: tuple[int, int, int] | None = None

    def end(self, result: str, output: Path, description: str = "") -> None:
        self.tests = totals(output)
        self.description = description
        self.ended_at = time.time()
        self.result = result


class Builds:
    """The latest builds of one rig, newest first, and what people want of them. Any thread may use it."""

    def __init__(self, job: str) -> None:
        self.job = job
        self._builds: deque[Build] = deque(maxlen=KEPT)
        self.wanted = False
        self.unwanted = False

    def begin(self, number: int, branch: str, commit: str) -> Build:
        self.wanted = self.unwanted = False
        build = Build(number, branch, commit)
        self._builds.appendleft(build)
        return build

    def latest(self) -> list[Build]:
        return list(self._builds)

    def start(self) -> None:
        """Somebody wants the next one now."""
        self.wanted = True

    def cancel(self, number: int) -> None:
        """Somebody wants the running one to end."""
        self.unwanted = any(build.number == number and build.result is None for build in self.latest())


def totals(output: Path) -> tuple[int, int, int] | None:
    """Tests, failed and skipped ones of an output.xml; None where robot wrote none to its end."""
    try:
        with output.open("rb") as file:
            file.seek(max(0, output.stat().st_size - TAIL))
            found = _TOTALS.search(file.read())
    except OSError:
        return None
    if found is None:
        return None
    passed, failed, skipped = map(int, found.groups())
    return passed + failed + skipped, failed, skipped
