"""Looks for a text in a stored log, a part of it at a time: a gigabyte is not held, and holds up nobody."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from livewall_dashboard.buildlogs.log_file import LogIndex, read_from

PART = 32 * 1024 * 1024
"""Bytes that are looked through at once."""
MOST_HELD = 64 * 1024
"""Bytes of a line that are held until its end comes."""
_CONTROL = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78cDEHMNOZ])")
"""What a terminal does not show, as static/shared/ansi.js reads it."""


@dataclass(frozen=True, slots=True)
class Matches:
    """`lines`: the numbers of the first lines that have it, or the last; `count`: of all that have it up to `next`.

    `next`: the number of the line where to go on, None where there is no more to look through.
    """

    lines: list[int]
    count: int
    next: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """`text`, whatever its case of ASCII, in lines `first` to `last`.

    `most` of their numbers are told: of the first, or of the last if `backwards`.
    """

    text: str
    first: int = 1
    last: int | None = None
    most: int = 100
    backwards: bool = False


def search(file: BinaryIO, index: LogIndex, wanted: Wanted, part: int = PART) -> Matches:
    """Line by line, as a reader sees them: without the colours of terminals."""
    if not wanted.text or "\n" in wanted.text:
        return Matches([], 0, None)  # no line has that, and between two lines it would be found for ever
    place = index.before_line(wanted.first - 1) if index.lines else 0
    number = index.lines[place] + 1 if index.lines else 1
    found = _Found(wanted)
    read = 0
    for lines, ends in _whole_lines(read_from(file, index, place), wanted.text):
        number = found.take(number, lines)
        read += len(lines)
        if wanted.last is not None and number > wanted.last:
            return found.matches(None)
        if read >= part and ends and number > wanted.first:
            return found.matches(number)
    return found.matches(None)


class _Found:
    def __init__(self, wanted: Wanted):
        self._wanted = wanted
        self._needle = _needle(wanted.text)
        self._lines: deque[int] = deque(maxlen=wanted.most if wanted.backwards else None)
        self._count = 0

    def take(self, number: int, lines: bytes) -> int:
        """`lines` begin with that of `number` -> the number of the line behind them."""
        counted = 0
        at = lines.find(self._needle)
        while at >= 0:
            number += lines.count(b"\n", counted, at)
            self._note(number)
            counted = lines.find(b"\n", at)
            if counted < 0:
                return number + 1
            at = lines.find(self._needle, counted)
        return number + lines.count(b"\n", counted)

    def matches(self, following: int | None) -> Matches:
        return Matches(list(self._lines), self._count, following)

    def _note(self, number: int) -> None:
        wanted = self._wanted
        if number < wanted.first or (wanted.last is not None and number > wanted.last):
            return
        self._count += 1
        if wanted.backwards or len(self._lines) < wanted.most:
            self._lines.append(number)


def _whole_lines(blocks: Iterator[bytes], text: str) -> Iterator[tuple[bytes, bool]]:
    """Lines as they are compared, many at a time. Of a line that is endless what was found in it is left.

    With each, whether more may follow.
    """
    needle = _needle(text)
    rest = b""
    for block in blocks:
        whole, newline, rest = (rest + block).rpartition(b"\n")
        if newline:
            yield _comparable(whole + newline), True
        if len(rest) > MOST_HELD:
            seen = _comparable(rest)
            rest = needle if needle in seen else seen[len(seen) - len(needle) + 1 :]
    if rest:
        yield _comparable(rest) + b"\n", False


def _needle(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass").lower()


def _comparable(lines: bytes) -> bytes:
    return (_CONTROL.sub(b"", lines) if b"\x1b" in lines else lines).lower()
