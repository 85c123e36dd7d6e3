"""Reads CTRF, the Common Test Report Format: JSON of one shape from the reporters of many tools."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from livewall_dashboard.history.result_sets.result_set import Attempt, Status
from livewall_dashboard.importing.foreign_suites import ForeignSuite, ForeignSuites
from livewall_dashboard.importing.foreign_times import ForeignTimes
from livewall_dashboard.importing.json_events import Events, events_of, items_of, keys_of, skip, value
from livewall_dashboard.importing.model import Foreign, Output, SuiteLine, TestLine, Unreadable, Words
from livewall_dashboard.importing.times import LONGEST
from livewall_listener import wire

MOST_TRIES = 1_000
STATUSES: dict[Any, Status] = {
    "passed": "PASS",
    "failed": "FAIL",
    "skipped": "SKIP",
    "pending": "SKIP",
    "other": "SKIP",
}
"""`other` is what a tool calls otherwise, such as Jest's todo: nothing of it has passed."""


def read(
    pieces: Iterable[bytes], take: Callable[[TestLine | SuiteLine], None], times: ForeignTimes, name: str, start: str
) -> Output:
    """The file whose bytes come in `pieces`. `name` and `start`: for a run that says neither.

    Raises `Unreadable`.
    """
    reader = _Reader(events_of(pieces), take, times)
    reader.read()
    return reader.finish(name, start)


class _Reader:
    def __init__(self, events: Events, take: Callable[[TestLine | SuiteLine], None], times: ForeignTimes):
        self._foreign = Foreign("CTRF")
        self.output = Output(foreign=self._foreign)
        self._tree = ForeignSuites(self.output, take)
        self._told = (0, 0)
        self._events = events
        self._times = times
        self._name = self._start = self._first_start = ""
        self._has_tests = False

    def read(self) -> None:
        for key in keys_of(self._events):
            if key == "results":
                self._results()
            elif key == "timestamp":
                self._start = self._start or self._times.utc(str(value(self._events)))
            else:
                skip(self._events)

    def finish(self, name: str, start: str) -> Output:
        if not self._has_tests:
            raise Unreadable("It has no list of tests, which CTRF has in results.")
        told = self._tree.root.start or self._first_start or self._start
        self._foreign.has_start = bool(told)
        self._tree.finish(self._name or name, told or start)
        self._foreign.compare(self._told, (self.output.tests, self._tree.root.counts["FAIL"]))
        return self.output

    def _results(self) -> None:
        for key in keys_of(self._events):
            if key == "tool":
                self._name = _text(_object(value(self._events)), "name")
            elif key == "summary":
                summary = _object(value(self._events))
                self._tree.root.start = self._times.of_milliseconds(summary.get("start"))
                self._told = _count(summary, "tests"), _count(summary, "failed")
            elif key == "tests":
                self._has_tests = True
                for kind in items_of(self._events):
                    self._test(kind)
            else:
                skip(self._events)

    def _test(self, opening: str) -> None:
        told: dict[str, Any] = {}
        for key in keys_of(self._events, opening):
            if key in _WANTED:
                told[key] = value(self._events)
            else:
                skip(self._events)
        name, status = _text(told, "name"), told.get("status")
        if status not in STATUSES:
            raise Unreadable(f"The status of test {name[:200]!r} is {str(status)[:50]!r}, which CTRF does not know.")
        start = self._times.of_milliseconds(told.get("start"))
        if start and (not self._first_start or start < self._first_start):
            self._first_start = start
        self._tree.add_test(
            self._suite(told.get("suite")),
            name,
            STATUSES[status],
            _message(told),
            start,
            _seconds(told.get("duration")),
            lineno=_count(told, "line"),
            attempts=self._attempts(told),
            tries=min(_count(told, "retries"), MOST_TRIES) + 1,
        )

    def _attempts(self, told: dict[str, Any]) -> list[Attempt]:
        """All tries in their order; the last one is the test itself, which some writers repeat and others leave out."""
        tries = [each for each in told.get("retryAttempts") or () if isinstance(each, dict)]
        if not tries or any(each.get("status") not in STATUSES for each in tries):
            return []
        tries.sort(key=lambda each: _count(each, "attempt"))
        retries = _count(told, "retries") or len(tries) - (tries[-1]["status"] == told["status"])
        if len(tries) <= retries:
            tries.append(told)
        return [self._attempt(each) for each in tries[:MOST_TRIES]]

    def _attempt(self, told: dict[str, Any]) -> Attempt:
        took = _seconds(told["duration"]) if "duration" in told else None
        start = self._times.of_milliseconds(told.get("start"))
        return Attempt(STATUSES[told["status"]], wire.clean(*_message(told)), start, took)

    def _suite(self, told: object) -> ForeignSuite:
        """A path of names, or one text with ` > ` between them."""
        names = told.split(" > ") if isinstance(told, str) else told if isinstance(told, list) else []
        suite = self._tree.root
        for name in names[:100]:
            if name:
                suite = self._tree.group(suite, str(name))
        return suite


_WANTED = frozenset(
    ("name", "status", "duration", "start", "suite", "message", "trace", "line", "retries", "retryAttempts")
)


def _message(told: dict[str, Any]) -> Words:
    message, trace = _text(told, "message").strip(), _text(told, "trace").strip()
    text = trace if message in trace else f"{message}\n\n{trace}".strip()
    return text[: wire.MAX_TEXT], max(0, len(text) - wire.MAX_TEXT)


def _object(found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise Unreadable("It has something else where CTRF has an object.")
    return found


def _text(told: dict[str, Any], name: str) -> str:
    found = told.get(name)
    return found if isinstance(found, str) else ""


def _count(told: dict[str, Any], name: str) -> int:
    found = told.get(name)
    return int(found) if isinstance(found, (int, float)) and 0 < found < 1e8 else 0


def _seconds(milliseconds: object) -> float:
    if not isinstance(milliseconds, (int, float)) or not 0 <= milliseconds / 1000 < LONGEST:
        return 0.0
    return milliseconds / 1000
