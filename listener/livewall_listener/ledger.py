"""What a process has reported so far, so that later changes are noticed and the end can be proven."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from livewall_listener import convert, wire
from livewall_listener.forecast import Forecast, plan


class SuiteRecord:
    """A suite as reported. `expected`: tests it and its children run, ended or not; the counts are of ended ones."""

    __slots__ = (
        "children",
        "ended",
        "expected",
        "failed",
        "id",
        "longname",
        "message",
        "parent",
        "passed",
        "raw_longname",
        "skipped",
        "source",
        "status",
        "tests",
    )

    def __init__(self, suite_id: str, raw_longname: str, source: Any, parent: SuiteRecord | None, expected: int):
        self.id = suite_id
        self.raw_longname = raw_longname
        self.longname = convert.name_of(raw_longname)
        self.source = source
        self.parent = parent
        self.expected = expected
        self.children: list[SuiteRecord] = []
        self.tests: list[TestRecord] = []
        self.passed = self.failed = self.skipped = 0
        self.ended = False
        self.status = self.message = ""

    def status_now(self) -> str:
        """As Robot Framework derives it from the tests below."""
        if self.failed:
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
            else:
                suite.skipped += difference
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
    """A test as reported; `message` is Robot Framework's own string, before cleaning, to compare by identity."""

    __slots__ = ("message", "result", "start", "status")

    def __init__(self, result: Any, start: wire.StartTest):
        self.result = result
        self.start = start
        self.status = result.status
        self.message = result.message

    def is_as_sent(self) -> bool:
        return bool(self.result.status == self.status and self.result.message == self.message)


class Ledger:
    """Turns what Robot Framework says into events; every method returns what is to be sent.

    A test is compared with what was sent when the next event comes, when its suite ends, when a suite above had a
    teardown that changes tests, and when the run ends: what no teardown touched costs nothing at each level.
    """

    def __init__(self) -> None:
        self._suites: dict[int, SuiteRecord] = {}
        """By id() of the result suite: Robot Framework keeps those as long as the run lasts."""
        self._forecast = Forecast()
        self._root: SuiteRecord | None = None
        self._last: tuple[SuiteRecord, TestRecord] | None = None
        self._running: tuple[Any, wire.StartTest | None] = (None, None)

    @property
    def total(self) -> int:
        return self._root.expected if self._root else 0

    def start_suite(self, data: Any, result: Any) -> list[wire.Event]:
        changes = self._recheck_last()
        before, count = self._forecast.known(data), self._forecast.count(data)
        record = self._new_suite(result, count)
        if record.parent is not None:
            record.parent.expect(record.parent.expected + count - before)
        start = convert.start_suite(result, record.id, record.longname, total=self.total, test_count=count)
        return [*changes, start, *(() if record.parent else plan(data))]

    def start_test(self, result: Any) -> list[wire.Event]:
        start = _start_test(self._suite_of(result.parent), result)
        changes = self._recheck_last()
        self._running = result, start
        return [*changes, start]

    def end_test(self, result: Any) -> wire.EndTest:
        suite = self._suite_of(result.parent)
        running, start = self._running
        if running is not result or start is None:
            start = _start_test(suite, result)
        end = convert.end_test(result, start, suite.source)
        record = TestRecord(result, start)
        suite.tests.append(record)
        suite.count(end.status, 1)
        self._last = suite, record
        return end

    def end_suite(
        self, result: Any, *, setup: wire.Phase | None, teardown: wire.Phase | None, tests_changed: bool
    ) -> list[wire.Event]:
        """`tests_changed`: the teardown failed or skipped, so tests and suites below may have changed."""
        suite = self._suite_of(result)
        missed = list(self._missed(suite, result))
        self._last = None
        whole = tests_changed or suite.parent is None
        changes = [*missed, *(self._recheck_below(suite) if whole else self._recheck(suite))]
        suite.expect(suite.passed + suite.failed + suite.skipped)
        suite.ended = True
        suite.status, suite.message = suite.status_now(), result.message
        end = convert.end_suite(result, suite.id, status=suite.status, total=self.total, setup=setup, teardown=teardown)
        return [*changes, end]

    def end_process(self, *, warnings: int, errors: int) -> list[wire.Event]:
        root = self._root
        if root is None:
            return []
        changes = list(self._recheck_below(root))
        tests = [test for suite in _self_and_below(root) for test in suite.tests]
        digest = wire.digest_of((test.start.id, test.status, wire.clean(test.message)) for test in tests)
        end = wire.EndProcess(len(tests), root.passed, root.failed, root.skipped, digest, warnings, errors)
        return [*changes, end]

    def _suite_of(self, result: Any) -> SuiteRecord:
        """Its record; made now where its start went by unseen (an error in another listener can do that)."""
        return self._suites.get(id(result)) or self._new_suite(result, 0)

    def _new_suite(self, result: Any, count: int) -> SuiteRecord:
        if result.parent is None:
            record = SuiteRecord("s1", result.name, result.source, None, count)
            self._root = record
        else:
            parent = self._suite_of(result.parent)
            number = _number_of(result, result.parent.suites)
            longname = f"{parent.raw_longname}.{result.name}"
            record = SuiteRecord(f"{parent.id}-s{number}", longname, result.source, parent, count)
            parent.children.append(record)
        self._suites[id(result)] = record
        return record

    def _recheck_last(self) -> tuple[wire.Event, ...]:
        """A library listener of Robot Framework 6.1 may change a test after us."""
        if self._last is None:
            return ()
        (suite, test), self._last = self._last, None
        return () if test.is_as_sent() else (self._correct(suite, test),)

    def _recheck_below(self, suite: SuiteRecord) -> Iterator[wire.Event]:
        for child in suite.children:
            yield from self._recheck_below(child)
        yield from self._recheck(suite)
        if suite.ended and suite.status_now() != suite.status:
            suite.status = suite.status_now()
            yield wire.CorrectSuite(suite.id, suite.status, wire.clean(suite.message))

    def _recheck(self, suite: SuiteRecord) -> Iterator[wire.Event]:
        for test in suite.tests:
            if not test.is_as_sent():
                yield self._correct(suite, test)

    def _missed(self, suite: SuiteRecord, result: Any) -> Iterator[wire.Event]:
        """Tests whose end went by unseen: an error deep in a stack can swallow the call to a listener."""
        if len(result.tests) <= len(suite.tests):
            return
        seen = {id(test.result) for test in suite.tests}
        for test in result.tests:
            if id(test) not in seen:
                yield self.end_test(test)

    def _correct(self, suite: SuiteRecord, test: TestRecord) -> wire.CorrectTest:
        was = test.status
        suite.count(was, -1)
        test.status, test.message = test.result.status, test.result.message
        suite.count(test.status, 1)
        start = test.start
        return wire.CorrectTest(start.id, start.name, start.longname, was, test.status, wire.clean(test.message))


def _start_test(suite: SuiteRecord, result: Any) -> wire.StartTest:
    number = _number_of(result, result.parent.tests)
    longname = convert.name_of(f"{suite.raw_longname}.{result.name}")
    return wire.StartTest(
        f"{suite.id}-t{number}", convert.name_of(result.name), longname, convert.utc(result.start_time)
    )


def _number_of(item: Any, siblings: Any) -> int:
    """The last part of `item.id`, without looking through all its siblings: it is nearly always the last one."""
    count = len(siblings)
    if count and siblings[-1] is item:
        return count
    return int(siblings.index(item)) + 1 if item in siblings else count + 1


def _self_and_below(suite: SuiteRecord) -> Iterator[SuiteRecord]:
    yield suite
    for child in suite.children:
        yield from _self_and_below(child)
