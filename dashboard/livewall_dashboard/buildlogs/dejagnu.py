"""Reads DejaGnu's .sum files, and TAP."""

from __future__ import annotations

import re

from livewall_dashboard.buildlogs.model import TestResult
from livewall_dashboard.buildlogs.plain_text import plain
from livewall_dashboard.buildlogs.test_lines import MOST_OF_FILES

_RESULT = re.compile(
    r"(?P<word>PASS|FAIL|XPASS|XFAIL|KPASS|KFAIL|UNRESOLVED|UNTESTED|UNSUPPORTED): (?P<name>\S.{0,499})"
)
_WORDS = {"KPASS": "XPASS", "KFAIL": "XFAIL", "UNRESOLVED": "ERROR", "UNTESTED": "SKIP", "UNSUPPORTED": "SKIP"}
_TAP = re.compile(r"(?P<word>ok|not ok)(?: {1,4}(?P<number>\d{1,9}))?(?: {1,4}-)?(?: {0,4}(?P<rest>.{0,500}))?$")
_PLAN = re.compile(r"1\.\.(?P<count>\d{1,9})")
_DIRECTIVE = re.compile(r"(?P<word>TODO|SKIP)\b(?P<why>.{0,300})", re.IGNORECASE)


class DejaGnuSum:
    """`tests` of a .sum file, taken in blocks of whole lines."""

    def __init__(self) -> None:
        self.tests: list[TestResult] = []

    def feed(self, block: bytes) -> None:
        for line in block.split(b"\n"):
            found = _RESULT.match(plain(line))
            if found and len(self.tests) <= MOST_OF_FILES:
                self.tests.append(TestResult(found["name"].strip(), _WORDS.get(found["word"], found["word"])))


class Tap:
    """`tests` of the Test Anything Protocol; `planned`: how many there should be, None where no plan is."""

    def __init__(self) -> None:
        self.tests: list[TestResult] = []
        self.planned: int | None = None
        self.bad = 0
        self.bailed_out = False

    def feed(self, block: bytes) -> None:
        for number, line in enumerate(block.split(b"\n"), 1):
            self.take(number, plain(line))

    def take(self, number: int, text: str) -> bool:
        plan = _PLAN.match(text)
        if plan:
            self.planned = (self.planned or 0) + int(plan["count"])
            return True
        if text.startswith("Bail out!"):
            self.bailed_out = True
        found = _TAP.match(text)
        if found is None or (found["number"] is None and found["rest"] is None):
            return False
        name, _, directive = (found["rest"] or "").partition(" # ")
        if (found["rest"] or "").startswith("# "):
            name, directive = "", found["rest"][2:]
        told = _DIRECTIVE.match(directive)
        word = _tap_word(found["word"] == "ok", told["word"].upper() if told else "")
        self.bad += word == "FAIL"
        if len(self.tests) <= MOST_OF_FILES:
            name = name.strip() or f"test {found['number'] or len(self.tests) + 1}"
            self.tests.append(TestResult(name, word, message=told["why"].strip() if told else "", at=number))
        return True


def _tap_word(is_ok: bool, directive: str) -> str:
    if directive == "SKIP":
        return "SKIP"
    if directive == "TODO":
        return "XPASS" if is_ok else "XFAIL"
    return "PASS" if is_ok else "FAIL"
