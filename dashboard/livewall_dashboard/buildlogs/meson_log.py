"""Reads meson's testlog.json: an object a line, one a test."""

from __future__ import annotations

import msgspec

from livewall_dashboard.buildlogs.model import WORDS, TestResult
from livewall_dashboard.buildlogs.suite_logs import Text
from livewall_dashboard.buildlogs.test_lines import MESON_WORDS, MOST_OF_FILES

_LONGEST_NAME = 500


class _Test(msgspec.Struct):
    """What is not needed is skipped."""

    name: str
    result: str
    stdout: str = ""
    stderr: str = ""


_decoder = msgspec.json.Decoder(_Test)


class MesonLog:
    """`tests` of the file, taken in blocks of whole lines; `unread`: lines that are no test."""

    def __init__(self) -> None:
        self.tests: list[TestResult] = []
        self.unread = 0

    def feed(self, block: bytes) -> None:
        for line in block.split(b"\n"):
            if line.strip():
                self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            test = _decoder.decode(line)
        except (msgspec.DecodeError, ValueError, RecursionError):
            self.unread += 1
            return
        if len(self.tests) <= MOST_OF_FILES:
            word = MESON_WORDS.get(test.result, test.result)
            word = word if word in WORDS else "ERROR"  # such as one that was interrupted
            name = " ".join(test.name.split())[:_LONGEST_NAME] or "unnamed"
            self.tests.append(TestResult(name, word, message=_said(test) if word != "PASS" else ""))


def _said(test: _Test) -> str:
    text = Text()
    for line in (*test.stdout.splitlines(), *test.stderr.splitlines()):
        text.add(line)
    return str(text)
