"""Reads a stored log from any place of it, and looks for texts in it, however long it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

from livewall_dashboard.artifacts.model import Owner
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.base.offload import Offload
from livewall_dashboard.buildlogs.log_file import LogIndex, read_from
from livewall_dashboard.buildlogs.search_log import Matches, Wanted, search

MOST_LENGTH = 2000
"""Characters of a line."""
MOST_HELD = 64 * 1024
"""Bytes of a line that are held until its end comes."""


@dataclass(frozen=True, slots=True)
class Lines:
    """`total`: lines of the log; `next`: the number of the line behind these, None at the end."""

    lines: list[str]
    total: int
    next: int | None


class LogReader:
    def __init__(self, artifacts: ArtifactStore, offload: Offload):
        self._artifacts = artifacts
        self._offload = offload

    def read(self, log: dict[str, Any], start: int, count: int) -> Lines:
        """Lines `start` and on, from 1, of the log of a row of `ReportStore.log`. Raises NotFound."""
        with self._open(log) as file:
            lines = self._offload(_lines, file, _index(log), start - 1, count)
        following = start + len(lines)
        return Lines(lines, log["lines"], following if lines and following <= log["lines"] else None)

    def search(self, log: dict[str, Any], wanted: Wanted) -> Matches:
        """A part of the log of such a row. Raises NotFound."""
        with self._open(log) as file:
            found: Matches = self._offload(search, file, _index(log), wanted)
            return found

    def _open(self, log: dict[str, Any]) -> BinaryIO:
        opened = self._artifacts.open(Owner.run(log["run_id"]), f"{log['name']}.log") if log["places"] else None
        if opened is None:
            raise NotFound(f"The log of {log['name']} is gone from the disk.")
        return opened[1]


def _index(log: dict[str, Any]) -> LogIndex:
    return LogIndex(lines=log["places"]["lines"], packed=log["places"]["packed"])


def _lines(file: BinaryIO, index: LogIndex, before: int, count: int) -> list[str]:
    """`count` lines behind the first `before`."""
    place = index.before_line(before) if index.lines else 0
    skip = before - (index.lines[place] if index.lines else 0)
    found: list[str] = []
    rest = b""
    for block in read_from(file, index, place):
        *whole, rest = (rest + block).split(b"\n")
        rest = rest[:MOST_HELD]
        for line in whole:
            if skip:
                skip -= 1
                continue
            found.append(_text(line))
            if len(found) == count:
                return found
    if rest and not skip:
        found.append(_text(rest))
    return found


def _text(line: bytes) -> str:
    return line[: 4 * MOST_LENGTH].rstrip(b"\r").decode("utf-8", "replace")[:MOST_LENGTH]
