"""Reads a log of any size in one go: its first error with what is around it, its diagnostics, and what tests said.

Most lines of a log are of no interest, and are never looked at by themselves: a search for the few words that a line of
interest must have finds where those are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from livewall_dashboard.buildlogs.complaint_reader import ComplaintReader
from livewall_dashboard.buildlogs.line_finder import LineFinder
from livewall_dashboard.buildlogs.model import Diagnostic, FirstError
from livewall_dashboard.buildlogs.plain_text import MOST, plain

BEFORE, AFTER = 10, 10
"""Lines around an error that are kept."""
TAIL = 50
WORDS = (
    b"error", b"warning", b"*** ", b"not found", b"undefined ", b"cannot ", b"multiple definition", b"no such file",
    b"space left", b"quota", b"memory", b"bad_alloc", b"killed", b"traceback", b"exception in", b" fault",
    b"core dumped", b"denied", b"no rule to", b"how to make", b"keine regel", b"aucune r", b"compilation term",
    b"no package", b"bail out", b"can't locate", b"panic: ",
)  # fmt: skip
"""Lower case: a line with a complaint has one of these, or a colon and a number."""
PLACES = tuple(b":%d" % digit for digit in range(10))
_TESTS = (
    b"pass: ", b"fail: ", b"skip: ", b"\n# ", b" tests ", b" test ", b"summary", b"ing directory", b"making check in",
    b"\nok", b"\nnot ok", b"unresolved: ", b"untested: ", b"unsupported: ", b" passed", b" failed", b"\n1..", b" ok ",
    b" skip ", b" ... ", b" stdout ----", b" stderr ----", b"=== run", b"\nfail\t", b".py::", b"test-suite.log",
    b"behave", b"expectedfail", b" timeout ", b"not run)", b"***exception",
)  # fmt: skip
"""Lower case: a line with a result of a test has one of these."""
_COMPLAINTS = LineFinder(WORDS + PLACES)
_COMPLAINTS_AND_TESTS = LineFinder(WORDS + PLACES + _TESTS)


class TestReader(Protocol):
    """Takes what may be of tests. `wants_next`: whatever the next line looks like; `bad`: how many were not well."""

    @property
    def wants_next(self) -> bool: ...
    @property
    def bad(self) -> int: ...
    def take(self, number: int, text: str) -> bool:
        """Whether the line is what a test printed, which is no complaint."""


class LogScanner:
    """Takes a log in blocks of whole lines. `on_diagnostic` gets complaints, by the numbers of their lines.

    `first_error`: the best cause there is, which is the first of those that say most. `first_bad_test`: where the first
    test is named that was not well, with what is around.
    """

    def __init__(
        self,
        on_diagnostic: Callable[[int, Diagnostic], None],
        tests: TestReader | None = None,
    ):
        self.lines = 0
        self.first_error: FirstError | None = None
        self.first_bad_test: FirstError | None = None
        self._on_diagnostic = on_diagnostic
        self._tests = tests
        self._complaints = ComplaintReader()
        self._finder = _COMPLAINTS_AND_TESTS if tests else _COMPLAINTS
        self._last = b""
        self._is_amid = False
        self._open: dict[str, FirstError] = {}
        """What the lines that follow are around, by its kind."""

    def feed(self, block: bytes) -> None:
        """A block ends at a line's end, or in a line that is too long to be held: then its rest is skipped."""
        if self._is_amid:
            end = block.find(b"\n") + 1
            if not end:
                return
            block = block[end:]
        self._is_amid = bool(block) and not block.endswith(b"\n")
        self._read(block)
        self.lines += block.count(b"\n") + self._is_amid
        self._last = _end_of(self._last + block if len(block) < TAIL * 200 else block)

    def finish(self) -> None:
        for at, diagnostic in self._complaints.finish():
            self._note(at, diagnostic, b"", 0)

    @property
    def tail(self) -> list[str]:
        return [plain(line) for line in _lines_of(self._last)[-TAIL:]]

    def _read(self, block: bytes) -> None:
        number, counted = self.lines + 1, 0
        at = following = 0  # what a word has in front of it, a line's end, is not there at a block's begin
        candidates = self._finder.lines(block.lower())
        while True:
            if not (self._complaints.wants_next or self._open or (self._tests and self._tests.wants_next)):
                while 0 <= following < at:
                    following, _ = next(candidates, (-1, -1))
                if following < 0:
                    return
                at = following
            if at >= len(block):
                return
            number += block.count(b"\n", counted, at)
            counted = at
            end = block.find(b"\n", at) + 1 or len(block)
            self._take(number, plain(block[at : min(end, at + 4 * MOST)]), block, at)
            at = end

    def _take(self, number: int, text: str, block: bytes, at: int) -> None:
        for kind, found in list(self._open.items()):
            found.context.append(text)
            if number >= found.at + AFTER:
                del self._open[kind]
        if self._tests is not None and self._take_test_line(self._tests, number, text, block, at):
            return
        for where, diagnostic in self._complaints.take(number, text):
            self._note(where, diagnostic, block, at)

    def _take_test_line(self, tests: TestReader, number: int, text: str, block: bytes, at: int) -> bool:
        bad = tests.bad
        is_of_test = tests.take(number, text)
        if tests.bad > bad and self.first_bad_test is None:
            diagnostic = Diagnostic("error", text, sort="test")
            self.first_bad_test = self._open["test"] = self._around(number, diagnostic, block, at)
        return is_of_test

    def _note(self, number: int, diagnostic: Diagnostic, block: bytes, at: int) -> None:
        self._on_diagnostic(number, diagnostic)
        if diagnostic.kind != "error":
            return
        if self.first_error is None or diagnostic.rank < self.first_error.diagnostic.rank:
            self.first_error = self._open["error"] = self._around(number, diagnostic, block, at)

    def _around(self, number: int, diagnostic: Diagnostic, block: bytes, at: int) -> FirstError:
        before = _lines_of(_end_of(self._last + _end_of(block[:at])))[-BEFORE:]
        end = block.find(b"\n", at) + 1 or len(block)
        here = [block[at:end]] if at < len(block) else []
        starts_at = self.lines + 1 + block.count(b"\n", 0, at) - len(before)
        context = [plain(line[: 4 * MOST]) for line in (*before, *here)]
        return FirstError(diagnostic, number, starts_at, context)


def _end_of(block: bytes) -> bytes:
    """Its last lines, so many as may be shown, and of each no more than may be shown."""
    at = len(block)
    for _ in range(TAIL + 1):
        at = block.rfind(b"\n", 0, max(0, at))
        if at < 0:
            break
    return block[max(at + 1, len(block) - TAIL * MOST) :]


def _lines_of(block: bytes) -> list[bytes]:
    lines = block.split(b"\n")
    return lines[:-1] if not lines[-1] else lines
