"""What a process has reported so far: ids, counts, what failed suite teardowns changed, and the proof at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from robot.result.suiteteardownfailed import SuiteTeardownFailed

from livewall_listener import convert, wire
from livewall_listener.forecast import Forecast, plan

_TEARDOWN_FAILED = re.compile(r"(?:^S|\n\nAlso s)uite teardown failed:\n(.*)", re.DOTALL)
"""What Robot Framework makes the message of a suite of."""


class SuiteRecord:
    """A suite as reported. `expected`: tests it and its children run, ended or not; the counts are of ended ones.

    `children` and `started_tests` number what is in it, as output.xml does: in the order in which it starts.
    """

    __slots__ = (
        "children",
        "ended",
        "expected",
        "failed",
        "id",
        "longname",
        "message",
        "name",
        "not_run",
        "parent",
        "passed",
        "raw_longname",
        "setup",
        "skipped",
        "source",
        "start",
        "started_tests",
        "status",
        "teardown",
        "teardown_message",
        "tests",
    )

    def __init__(self, suite_id: str, result: Any, parent: SuiteRecord | None):
        self.id = suite_id
        self.name = convert.name_of(result.name)
        self.raw_longname: str = f"{parent.raw_longname}.{result.name}" if parent else result.name
        self.longname = convert.name_of(self.raw_longname)
        self.source = result.source
        self.parent = parent
        self.start: wire.StartSuite | None = None
        """None until the suite's start is told."""
        self.expected = 0
        self.children: list[SuiteRecord] = []
        self.started_tests = 0
        self.tests: list[TestRecord] = []
        self.passed = self.failed = self.skipped = self.not_run = 0
        self.setup: wire.Phase | None = None
        self.teardown: wire.Phase | None = None
        self.teardown_message = ""
        self.ended = False
        self.status = self.message = ""

    def status_now(self) -> str:
        """As Robot Framework derives it from the tests below."""
        if self.failed or self.not_run:
            return "FAIL"
        return "PASS" if self.passed else "SKIP"

    def count(self, status: str, difference: int) -> None:
        """One test more or less of that status, here and in every suite above."""
        suite: SuiteRecord | None = self
        while suite is not None:
            if status == "FAIL":
                suite.failed += difference
            elif status == "PASS":
                suite.passed += difference
            elif status == "SKIP":
                suite.skipped += difference
            else:  # a listener has set that
                suite.not_run += difference
            suite = suite.parent

    def expect(self, expected: int) -> None:
        """It runs that many tests after all; suites above learn of it."""
        difference, suite = expected - self.expected, self
        while difference:
            suite.expected += difference
            if suite.parent is None:
                return
            suite = suite.parent


class TestRecord:
    """A test as reported; `message` is whole. What Robot Framework's own correction of results needs is here, too."""

    __slots__ = ("message", "start", "status")
    FAIL = "FAIL"
    SKIP = "SKIP"

    def __init__(self, start: wire.StartTest, status: str, message: str):
        self.start = start
        self.status = status
        self.message = message

    @property
    def skipped(self) -> bool:
        return self.status == self.SKIP


class Ledger:
    """Turns what Robot Framework says into events; what returns events returns what is to be sent.

    It is told of everything when output.xml is: what a listener changes later is not in output.xml and not here. The
    one exception is Robot Framework's own: tests below a suite whose teardown failed or skipped stand in output.xml as
    they were before, and everybody who reads that file changes them.
    """

    def __init__(self) -> None:
        self._suites: dict[int, SuiteRecord] = {}
        """By id() of the result suite: Robot Framework keeps those as long as the run lasts."""
        self._open: list[SuiteRecord] = []
        self._unannounced: tuple[SuiteRecord, Any, Any] | None = None
        self._forecast = Forecast()
        self._root: SuiteRecord | None = None
        self._running: tuple[Any, wire.StartTest | None, Any, int] = (None, None, None, 0)
        """The test that runs: its result, what was said of its start, when that was, and the line it is in."""

    @property
    def total(self) -> int:
        return self._root.expected if self._root else 0

    def holds(self, suite: Any) -> bool:
        """Whether a result suite is one of this run, and not of another that a keyword runs."""
        return id(suite) in self._suites

    def start_suite(self, data: Any, result: Any) -> list[wire.Event]:
        """Its start is told by `announce`: listeners that generate tests then have done so."""
        before = self.announce()
        parent = self._suites[id(result.parent)] if result.parent is not None else None
        record = SuiteRecord(f"{parent.id}-s{len(parent.children) + 1}" if parent else "s1", result, parent)
        if parent is None:
            self._root = record
        else:
            parent.children.append(record)
        self._suites[id(result)] = record
        self._open.append(record)
        self._unannounced = record, data, result
        return before

    def announce(self) -> list[wire.Event]:
        """The start of the suite that started last, unless that is told already."""
        if self._unannounced is None:
            return []
        (record, data, result), self._unannounced = self._unannounced, None
        known, count = self._forecast.known(data), self._forecast.count(data)
        if record.parent is None:
            record.expected = count
        else:
            record.expected = known
            record.expect(count)
        record.start = convert.start_suite(
            result, record.id, record.name, record.longname, record.source, total=self.total, test_count=count
        )
        return [record.start, *(() if record.parent else plan(data))]

    def start_test(self, result: Any) -> list[wire.Event]:
        before = self.announce()
        start = self._start_test(result)
        return [*before, start]

    def end_test(self, result: Any) -> wire.EndTest:
        suite = self._suites[id(result.parent)]
        running, start, moment, lineno = self._running
        if running is not result or start is None:
            start, moment, lineno = self._start_test(result), result.start_time, convert.lineno_of(result)
        message = convert.text_of(result.message)
        end = convert.end_test(result, start, moment, lineno, message, suite.source)
        suite.tests.append(TestRecord(start, end.status, message))
        suite.count(end.status, 1)
        self._running = None, None, None, 0
        return end

    def end_suite_keyword(self, keyword: Any) -> None:
        """A keyword that belongs to no test has ended: a suite's setup or teardown, or one that a listener ran."""
        if not self._open:
            return
        suite, kind = self._open[-1], keyword.type
        if kind == "SETUP":
            suite.setup = convert.phase_of(keyword)
        elif kind == "TEARDOWN":
            suite.teardown, suite.teardown_message = convert.phase_of(keyword), convert.text_of(keyword.message)
        elif suite.started_tests or suite.children:
            suite.teardown = _implicit("teardown", suite.teardown, keyword)
        else:
            suite.setup = _implicit("setup", suite.setup, keyword)

    def end_suite(self, result: Any) -> list[wire.Event]:
        before = self.announce()
        suite = self._suites[id(result)]
        del self._open[self._open.index(suite) :]
        suite.message = convert.text_of(result.message)
        changes = list(self._correct_below(suite))
        suite.expect(suite.passed + suite.failed + suite.skipped + suite.not_run)
        suite.ended = True
        suite.status = suite.status_now()
        end = convert.end_suite(
            result,
            suite.id,
            suite.start,
            status=suite.status,
            total=self.total,
            setup=suite.setup,
            teardown=suite.teardown,
        )
        return [*before, *changes, end]

    def end_process(self, *, warnings: int, errors: int) -> list[wire.Event]:
        root = self._root
        if root is None:
            return []
        tests = [test for suite in _self_and_below(root) for test in suite.tests]
        digest = wire.digest_of((test.start.id, test.status, wire.clean(test.message)) for test in tests)
        return [wire.EndProcess(len(tests), root.passed, root.failed, root.skipped, digest, warnings, errors)]

    def _start_test(self, result: Any) -> wire.StartTest:
        suite = self._suites[id(result.parent)]
        suite.started_tests += 1
        longname = convert.name_of(f"{suite.raw_longname}.{result.name}")
        test_id = f"{suite.id}-t{suite.started_tests}"
        moment = result.start_time
        start = wire.StartTest(test_id, convert.name_of(result.name), longname, convert.utc(moment))
        self._running = result, start, moment, convert.lineno_of(result)
        return start

    def _correct_below(self, suite: SuiteRecord) -> Iterator[wire.Event]:
        """What the suite's teardown makes of the tests below, and these of their suites."""
        correction = _correction_of(suite)
        if correction is None:
            return
        for below in _children_first(suite):
            for test in below.tests:
                was = test.status
                correction.visit_test(test)
                below.count(was, -1)
                below.count(test.status, 1)
                yield _corrected(test, was)
            if below.ended and below.status_now() != below.status:
                below.status = below.status_now()
                yield wire.CorrectSuite(below.id, below.status, wire.clean(below.message))


def _correction_of(suite: SuiteRecord) -> SuiteTeardownFailed | None:
    if suite.teardown and suite.teardown.status in {"FAIL", "SKIP"}:
        return SuiteTeardownFailed(suite.teardown_message, suite.teardown.status == "SKIP")
    # One whose name cannot be resolved is no keyword in output.xml, but robot's exit code knows it.
    unseen = _TEARDOWN_FAILED.search(suite.message) if suite.teardown is None else None
    return SuiteTeardownFailed(unseen[1]) if unseen else None


def _implicit(kind: str, phase: wire.Phase | None, keyword: Any) -> wire.Phase:
    """Who reads output.xml makes up a setup or teardown that holds what listeners ran outside of both.

    It lasted as long as the keywords in it; one that there is already has a time of its own.
    """
    name, seconds = f"Implicit {kind}", convert.seconds_of(keyword)
    if phase is None:
        return wire.Phase(name, "PASS", seconds)
    if phase.name == name:
        return wire.Phase(name, "PASS", phase.elapsed_time + seconds)
    return phase


def _corrected(test: TestRecord, was: str) -> wire.CorrectTest:
    start = test.start
    return wire.CorrectTest(start.id, start.name, start.longname, was, test.status, wire.clean(test.message))


def _self_and_below(suite: SuiteRecord) -> Iterator[SuiteRecord]:
    yield suite
    for child in suite.children:
        yield from _self_and_below(child)


def _children_first(suite: SuiteRecord) -> Iterator[SuiteRecord]:
    for child in suite.children:
        yield from _children_first(child)
    yield suite
