"""Reads a log of any size in one go: its first error with what is around it, its diagnostics, and what tests said.

Most lines of a log are of no interest, and are never looked at by themselves: a search for the few words that a line of
interest must have finds where those are.
"""

from __future__ import annotations

from collections.abc import Callable

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
    b"no package", b"bail out",
)  # fmt: skip
"""Lower case: a line with a complaint has one of these, or a colon and a number."""
PLACES = tuple(b":%d" % digit for digit in range(10))
_TESTS = (
    b"pass: ", b"fail: ", b"skip: ", b"\n# ", b" tests ", b" test ", b"summary", b"ing directory", b"making check in",
    b"\nok", b"\nnot ok", b"unresolved: ", b"untested: ", b"unsupported: ", b" passed", b" failed", b"\n1..", b" ok ",
    b" skip ", b"test-suite.log", b"behave", b"expectedfail", b" timeout ", b"not run)",
)  # fmt: skip
"""Lower case: a line with a result of a test has one of these."""
_COMPLAINTS = LineFinder(WORDS + PLACES)
_COMPLAINTS_AND_TESTS = LineFinder(WORDS + PLACES + _TESTS)


class LogScanner:
    """Takes a log in blocks of whole lines. `on_diagnostic` gets complaints, by the numbers of their lines.

    `on_test_line` gets what may be of tests, and says whether the line is what a test printed, which is no complaint.
    `first_error`: the best cause there is, which is the first of those that say most.
    """

    def __init__(
        self,
        on_diagnostic: Callable[[int, Diagnostic], None],
        on_test_line: Callable[[int, str], bool] | None = None,
    ):
        self.lines = 0
        self.first_error: FirstError | None = None
        self._on_diagnostic = on_diagnostic
        self._on_test_line = on_test_line
        self._complaints = ComplaintReader()
        self._finder = _COMPLAINTS_AND_TESTS if on_test_line else _COMPLAINTS
        self._last = b""
        self._is_amid = False
        self._after = 0

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
            if not (self._complaints.wants_next or self._after):
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
        if self._after and self.first_error is not None:
            self.first_error.context.append(text)
            self._after -= 1
        if self._on_test_line is not None and self._on_test_line(number, text):
            return
        for where, diagnostic in self._complaints.take(number, text):
            self._note(where, diagnostic, block, at)

    def _note(self, number: int, diagnostic: Diagnostic, block: bytes, at: int) -> None:
        self._on_diagnostic(number, diagnostic)
        if diagnostic.kind != "error":
            return
        if self.first_error is None or diagnostic.rank < self.first_error.diagnostic.rank:
            self._keep(number, diagnostic, block, at)

    def _keep(self, number: int, diagnostic: Diagnostic, block: bytes, at: int) -> None:
        before = _lines_of(_end_of(self._last + _end_of(block[:at])))[-BEFORE:]
        end = block.find(b"\n", at) + 1 or len(block)
        here = [block[at:end]] if at < len(block) else []
        starts_at = self.lines + 1 + block.count(b"\n", 0, at) - len(before)
        context = [plain(line[: 4 * MOST]) for line in (*before, *here)]
        self.first_error = FirstError(diagnostic, number, starts_at, context)
        self._after = AFTER


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
