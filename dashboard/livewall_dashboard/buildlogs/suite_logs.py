"""Reads automake's test-suite.log: what it counts, and what each test printed that did not simply pass."""

from __future__ import annotations

import re
from collections.abc import Iterable

from livewall_dashboard.buildlogs.model import Counts
from livewall_dashboard.buildlogs.plain_text import plain

HEAD, TAIL = 2_000, 6_000
"""Characters of what a test printed that are kept: of the begin and of the end."""
MOST_BLOCKS = 10_000
_COUNT = re.compile(r"# (?P<word>TOTAL|PASS|SKIP|XFAIL|FAIL|XPASS|ERROR): {1,4}(?P<count>\d{1,9})$")
_HEADING = re.compile(r"(?P<word>PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): (?P<name>\S.{0,499})")


class Text:
    """The begin and the end of a text of any length."""

    def __init__(self) -> None:
        self._head = self._tail = ""
        self._left_out = 0

    def add(self, line: str) -> None:
        if len(self._head) < HEAD:
            self._head += line + "\n"
            return
        self._tail += line + "\n"
        if len(self._tail) > 2 * TAIL:
            self._left_out += len(self._tail) - TAIL
            self._tail = self._tail[-TAIL:]

    def __str__(self) -> str:
        between = f"[... {self._left_out} characters ...]\n" if self._left_out else ""
        return (self._head + between + self._tail).strip("\n")


class SuiteLog:
    """A log, taken in blocks of whole lines. `blocks`: what tests printed, by their names, with their words."""

    def __init__(self) -> None:
        self.counts: Counts | None = None
        self.blocks: dict[str, tuple[str, Text]] = {}
        self._current: Text | None = None
        self._heading: re.Match[str] | None = None

    def feed(self, block: bytes) -> None:
        for line in block.split(b"\n"):
            self._take(plain(line))

    def _take(self, text: str) -> None:
        heading, self._heading = self._heading, None
        if heading is not None:
            if text and set(text) == {"="} and len(text) == len(heading[0]):
                self._open(heading["word"], heading["name"])
                return
            self._add(heading[0])
        self._heading = _HEADING.match(text)
        if self._heading is None:
            self._add(text)

    def _open(self, word: str, name: str) -> None:
        if len(self.blocks) < MOST_BLOCKS:
            self._current = Text()
            self.blocks.setdefault(name, (word, self._current))

    def _add(self, text: str) -> None:
        if self._current is not None:
            self._current.add(text)
            return
        found = _COUNT.match(text)
        if found is not None:
            self.counts = self.counts or Counts(total=0)
            if found["word"] == "TOTAL":
                self.counts.total = int(found["count"])
            else:
                self.counts.words[found["word"]] = int(found["count"])


def sum_of(logs: Iterable[SuiteLog]) -> Counts | None:
    counted = [log.counts for log in logs if log.counts is not None]
    if not counted:
        return None
    total = Counts(total=0)
    for counts in counted:
        total.add(counts)
    return total
