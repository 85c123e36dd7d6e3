"""What the tests of languages print: cargo's, go's, pytest's and unittest's, which `make check` may run as well."""

from __future__ import annotations

import re
from collections.abc import Callable

from livewall_dashboard.buildlogs.limits import MIB
from livewall_dashboard.buildlogs.model import Counts

Add = Callable[[int, str, str], object]

MOST_LINES = 40
"""Lines that are kept of what a test said."""
MOST_SAID = 4 * MIB
"""Characters of all that tests said that is kept."""
_CARGO_OR_UNITTEST = re.compile(
    r"(?:test (?=\S)|(?=\w{1,200} \([\w.]{1,400}\) \.))(?P<name>\S.{0,400}?) \.\.\. "
    r"(?P<word>ok|FAILED|ignored|FAIL|ERROR|skipped|expected failure|"
    r"unexpected success)(?:$|, | ['\"].{0,300}$)"
)
_CARGO_SAID = re.compile(r"---- (?P<name>\S.{0,400}?) (?:stdout|stderr) ----$")
_CARGO_ENDS = ("failures:", "test result: ", "note: run with", "stack backtrace:")
_GO_RUNS = re.compile(r"=== RUN {1,4}(?P<name>\S{1,400})")
_GO = re.compile(r"\s{0,40}--- (?P<word>PASS|FAIL|SKIP): (?P<name>\S{1,400}) \(\d")
_GO_PACKAGE = re.compile(r"(?P<word>ok  |FAIL)\t(?P<name>\S{1,400})\t?(?P<rest>.{0,200})")
_PYTEST = re.compile(
    r"(?P<name>[\w./\\-]{1,300}\.py::\S.{0,400}?) (?P<word>PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR)(?: .{0,300})?$"
)
_PYTEST_SUMMARY = re.compile(
    r"(?:\[gw\d{1,4}\] \[ {0,3}\d{1,3}%\] )?(?P<word>PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR) "
    r"(?P<name>[\w./\\-]{1,300}\.py(?:::\S{1,400})?)(?: - (?P<said>.{1,1000}))?"
)
_PYTEST_SUM = re.compile(r"(?:=+ )?(?P<counts>\d.{0,200}) in \d{1,9}\.\d\ds(?: .{0,40})?$")
_PYTEST_COUNT = re.compile(r"(\d{1,9}) (failed|passed|skipped|xfailed|xpassed|errors?)(?=,|$)")
_WORDS = {
    "ok": "PASS", "FAILED": "FAIL", "ignored": "SKIP", "skipped": "SKIP", "expected failure": "XFAIL",
    "unexpected success": "XPASS", "PASSED": "PASS", "SKIPPED": "SKIP",
}  # fmt: skip
_COUNTED = {
    "failed": "FAIL", "passed": "PASS", "skipped": "SKIP", "xfailed": "XFAIL", "xpassed": "XPASS", "error": "ERROR",
    "errors": "ERROR",
}  # fmt: skip


class LanguageTests:
    """`messages`: by the names of tests what they said. `add(line, name, word)` gets each; `sum_up(counts)` sums.

    `most`: tests that are known again when they are named twice.
    """

    def __init__(self, add: Add, sum_up: Callable[[Counts], object], most: int) -> None:
        self.messages: dict[str, str] = {}
        self._most = most
        self._left = MOST_SAID
        self._add = add
        self._sum_up = sum_up
        self._named: set[str] = set()
        self._saying = ""
        self._said: list[str] = []
        self._has_go_runs = False

    @property
    def wants_next(self) -> bool:
        """Whether the next line may be what a test says, whatever it looks like."""
        return bool(self._saying)

    def knows(self, name: str) -> bool:
        """Whether a test was named before: unittest names what failed twice, the second time as automake does."""
        return name in self._named

    def take(self, number: int, text: str) -> bool:
        """Whether the line is one of a test."""
        if self._take_result(number, text):
            return True
        if not self._saying:
            return False
        if text.startswith(_CARGO_ENDS) or len(self._said) >= MOST_LINES:
            self._end()
            return False
        self._said.append(text)
        return True

    def _take_result(self, number: int, text: str) -> bool:
        return self._cargo_said(text) or self._go(number, text) or self._named_result(number, text)

    def _cargo_said(self, text: str) -> bool:
        found = _CARGO_SAID.match(text)
        if found:
            self._begin(found["name"])
        return bool(found)

    def _go(self, number: int, text: str) -> bool:
        runs = _GO_RUNS.match(text)
        if runs:
            self._has_go_runs = True
            self._begin(runs["name"])
            return True
        found = _GO.match(text)
        if found is None:
            return self._go_package(number, text)
        self._note(number, found["name"], found["word"])
        if self._saying != found["name"] or found["word"] != "FAIL":
            self._begin(found["name"] if found["word"] == "FAIL" else "")  # without -v, what it said follows
        return True

    def _go_package(self, number: int, text: str) -> bool:
        """Without -v, packages that are well are named, not their tests."""
        found = _GO_PACKAGE.match(text)
        if found is None:
            return False
        self._end()
        if found["word"] == "FAIL" and "failed]" in found["rest"]:
            self._note(number, found["name"], "ERROR", found["rest"])
        elif found["word"] != "FAIL" and not self._has_go_runs:
            self._note(number, found["name"], "PASS")
        return True

    def _named_result(self, number: int, text: str) -> bool:
        found = _CARGO_OR_UNITTEST.match(text) or _PYTEST.match(text) or _PYTEST_SUMMARY.match(text)
        if found is None:
            return self._pytest_sum(text)
        self._end()
        self._note(number, found["name"], found["word"], found.groupdict().get("said") or "")
        return True

    def _pytest_sum(self, text: str) -> bool:
        found = _PYTEST_SUM.match(text)
        counted = _PYTEST_COUNT.findall(found["counts"]) if found else []
        if not counted:
            return False
        counts = Counts(total=sum(int(count) for count, _ in counted))
        for count, word in counted:
            counts.words[_COUNTED[word]] += int(count)
        self._sum_up(counts)
        return True

    def _note(self, number: int, name: str, word: str, said: str = "") -> None:
        """Pytest names what failed again in the end, with the reason."""
        self._keep(name, said)
        if name not in self._named:
            if len(self._named) < self._most:
                self._named.add(name)
            self._add(number, name, _WORDS.get(word, word))

    def _begin(self, name: str) -> None:
        self._end()
        self._saying = name

    def _end(self) -> None:
        if self._saying:
            self._keep(self._saying, "\n".join(self._said).strip("\n"))
        self._saying, self._said = "", []

    def _keep(self, name: str, said: str) -> None:
        if said and name not in self.messages and len(said) <= self._left:
            self.messages[name] = said
            self._left -= len(said)

    def finish(self) -> None:
        self._end()
