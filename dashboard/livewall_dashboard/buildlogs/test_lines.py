"""What `make check` prints of tests: automake's results and sums, old and new, CTest's, meson's and DejaGnu's."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from livewall_dashboard.buildlogs.language_tests import LanguageTests
from livewall_dashboard.buildlogs.model import WORDS, Counts, TestResult

MOST_TESTS = 200_000
MOST_OF_FILES = 500_000
"""Tests that all other files of a report name together."""
_RESULT = re.compile(r"(?P<word>PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): (?P<name>\S.{0,499})")
_DUMP = re.compile(r"\s{1,8}\S.{0,300}: \S{0,300}test-suite\.log$")
_SUM = re.compile(r"# (?P<word>TOTAL|PASS|SKIP|XFAIL|FAIL|XPASS|ERROR): {1,4}(?P<count>\d{1,9})$")
_SOME_FAILED = re.compile(r"(?P<bad>\d{1,9}) of (?P<total>\d{1,9}) tests? (?:failed|did not behave as expected)")
_ALL_WELL = re.compile(r"(?:All )?(?P<total>\d{1,9}) tests? (?:passed|behaved as expected)")
_ENTER = re.compile(
    r"\S{0,200}make(?:\[\d{1,3}\])?: (?P<what>Entering|Leaving) directory [`'‘](?P<folder>[^'’]{1,1000})['’]"
)
_CTEST = re.compile(
    r"\s{0,8}\d{1,7}/\d{1,7} Test\s{1,6}#\d{1,7}: (?P<name>\S{1,300}) [. ]{0,300}"
    r"(?P<word>Passed|(?:[A-Z][\w ]{1,40})?\*\*\*[A-Z][\w ]{1,30})"
)
_MESON = re.compile(
    r"\s{0,8}\d{1,7}/\d{1,7} (?P<name>\S.{0,300}?) {2,200}"
    r"(?P<word>OK|FAIL|SKIP|EXPECTEDFAIL|UNEXPECTEDPASS|TIMEOUT|ERROR) {1,20}\d"
)
MESON_WORDS = {"OK": "PASS", "EXPECTEDFAIL": "XFAIL", "UNEXPECTEDPASS": "XPASS", "TIMEOUT": "FAIL"}
_CTEST_WORDS = {
    "Passed": "PASS",
    "***Failed": "FAIL",
    "***Not Run": "ERROR",
    "***Skipped": "SKIP",
    "***Timeout": "FAIL",
}
_DEJAGNU_SUM = re.compile(r"# of (?P<what>[a-z ]{1,40}?)\t{1,4}(?P<count>\d{1,9})$")
_DEJAGNU = {
    "expected passes": "PASS", "unexpected failures": "FAIL", "unexpected successes": "XPASS",
    "expected failures": "XFAIL", "known failures": "XFAIL", "unknown successes": "XPASS",
    "unresolved testcases": "ERROR", "untested testcases": "SKIP", "unsupported tests": "SKIP",
}  # fmt: skip
BAD_WORDS = ("FAIL", "XPASS", "ERROR")
"""Results that were not expected."""
_SUMMARY = "Testsuite summary for "


class TestLines:
    """`tests`, and `counts`: the sum of what the summaries of all folders count; None where there is none."""

    __test__ = False

    def __init__(self) -> None:
        self.tests: list[TestResult] = []
        self.counts: Counts | None = None
        self.bad = 0
        self.unnamed = 0
        """Tests beyond `MOST_TESTS`, which are counted alone."""
        self._folders: list[str] = []
        self._is_in_dump = False
        self._summary: Counts | None = None
        self._languages = LanguageTests(self._add, self._merge, MOST_TESTS)
        self._patterns: tuple[Callable[[int, str], bool], ...] = (
            self._result, self._ctest, self._meson, self._sums, self._languages.take,
        )  # fmt: skip

    def take(self, number: int, text: str) -> bool:
        """Whether the line is what a test printed: VERBOSE=yes has automake print logs of tests."""
        if text.startswith(_SUMMARY):
            self._is_in_dump, self._summary = False, Counts()
            return True
        if self._is_in_dump:
            return True
        if _DUMP.match(text):
            self._end_summary()
            self._is_in_dump = True
            return True
        if self._summary is not None and self._count(text):
            return True
        return any(pattern(number, text) for pattern in self._patterns)

    def finish(self) -> None:
        self._end_summary()
        self._languages.finish()
        said = self._languages.messages
        self.tests = [
            dataclasses.replace(test, message=said[test.name]) if test.name in said and test.word != "PASS" else test
            for test in self.tests
        ]

    @property
    def wants_next(self) -> bool:
        """Whether the next line may be of a test, whatever it looks like."""
        return self._languages.wants_next

    @property
    def folder(self) -> str:
        """Where make is, below where it began."""
        if not self._folders or not self._folders[-1].startswith(self._folders[0]):
            return ""
        return self._folders[-1][len(self._folders[0]) :].strip("/")

    def _add(self, number: int, name: str, word: str) -> bool:
        self.bad += word in BAD_WORDS
        if len(self.tests) < MOST_TESTS:
            self.tests.append(TestResult(name.strip(), word, self.folder, at=number))
        else:
            self.unnamed += 1
        return True

    def _result(self, number: int, text: str) -> bool:
        found = _RESULT.match(text)
        if found is None:
            return self._move(text)
        return self._languages.knows(found["name"]) or self._add(number, found["name"], found["word"])

    def _move(self, text: str) -> bool:
        found = _ENTER.match(text)
        if found is None:
            return False
        self._end_summary()
        if found["what"] == "Entering":
            self._folders.append(found["folder"])
        elif len(self._folders) > 1:
            self._folders.pop()
        return True

    def _ctest(self, number: int, text: str) -> bool:
        found = _CTEST.match(text)
        if found is None:
            return False
        return self._add(number, found["name"], _CTEST_WORDS.get(found["word"].rstrip(), "FAIL"))

    def _meson(self, number: int, text: str) -> bool:
        found = _MESON.match(text)
        return self._add(number, found["name"], MESON_WORDS.get(found["word"], found["word"])) if found else False

    def _sums(self, number: int, text: str) -> bool:
        dejagnu = _DEJAGNU_SUM.match(text)
        if dejagnu and dejagnu["what"] in _DEJAGNU:
            self._sum(_DEJAGNU[dejagnu["what"]], int(dejagnu["count"]), add_total=True)
            return True
        some, well = _SOME_FAILED.match(text), _ALL_WELL.match(text)
        found = some or well
        if found is None or self._summary is not None:
            return False
        counts = Counts(total=int(found["total"]))
        if some:
            counts.words["FAIL"] = int(some["bad"])
        self._merge(counts)
        return True

    def _sum(self, word: str, count: int, *, add_total: bool) -> None:
        counts = Counts(total=count if add_total else 0)
        counts.words[word] = count
        self._merge(counts)

    def _count(self, text: str) -> bool:
        found = _SUM.match(text)
        if found is None or self._summary is None:
            return False
        if found["word"] == "TOTAL":
            self._summary.total = int(found["count"])
        else:
            self._summary.words[found["word"]] = int(found["count"])
        return True

    def _end_summary(self) -> None:
        summary, self._summary = self._summary, None
        if summary is not None and (summary.total or any(summary.words.values())):
            self._merge(summary)

    def _merge(self, counts: Counts) -> None:
        if self.counts is None:
            self.counts = Counts(total=0)
        self.counts.add(counts)


def words_of(tests: list[TestResult]) -> dict[str, int]:
    found = dict.fromkeys(WORDS, 0)
    for test in tests:
        found[test.word] += 1
    return found
