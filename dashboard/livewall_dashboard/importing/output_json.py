"""Reads robot's output.json (7.2 and newer) in one go and little memory, as Robot Framework reads it.

Its objects end with their names and times: a suite's longname is known when the file ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from livewall_dashboard.importing.json_events import Events, events_of, items_of, keys_of, skip, text, value
from livewall_dashboard.importing.model import NO_WORDS, Output, PhaseLine, SuiteLine, TestLine, Unreadable, Words
from livewall_dashboard.importing.normalized import normalized_tags
from livewall_dashboard.importing.suite_builder import SuiteBuilder, name_of
from livewall_dashboard.importing.times import LONGEST, naive
from livewall_listener import wire

MOST_NESTED = 100
"""Suites within each other."""
MOST_SUITES = 500_000
"""Their names are held in memory until the file's end."""


def read(pieces: Iterable[bytes], take: Callable[[TestLine | SuiteLine], None]) -> Output:
    """The file whose bytes come in `pieces`; `take` gets its tests and suites, each when it ends.

    Raises `Unreadable`.
    """
    reader = _Reader(events_of(pieces), take)
    reader.read()
    return reader.output


class _Reader:
    def __init__(self, events: Events, take: Callable[[TestLine | SuiteLine], None]):
        self.output = Output()
        self._events = events
        self._take = take

    def read(self) -> None:
        for key in keys_of(self._events):
            if key == "generator":
                self.output.generator = text(self._events)
            elif key == "suite":
                self._check_may_begin()
                root = self._suite(next(self._events)[0], None)
                self.output.name = wire.clean_name(root.name)[: wire.MAX_NAME]
            elif key == "errors":
                self._errors()
            else:
                skip(self._events)
        if not self.output.suites:
            raise Unreadable("It holds no suite.")
        self._join_names()

    def _check_may_begin(self) -> None:
        if not self.output.generator:
            raise Unreadable("It does not begin with its generator, as robot's output.json does.")
        if self.output.suites:
            raise Unreadable("It holds several root suites.")

    def _suite(self, opening: str, parent: SuiteBuilder | None, depth: int = 1) -> SuiteBuilder:
        self.output.suites += 1
        if depth > MOST_NESTED or self.output.suites > MOST_SUITES:
            raise Unreadable(f"It holds more than {MOST_SUITES:,} suites, or deeper than {MOST_NESTED} levels.")
        suite = SuiteBuilder(self.output.suites, {}, parent)
        suite.longname = ""
        start, elapsed, events = "", None, self._events
        for key in keys_of(events, opening):
            if key == "suites":
                for kind in items_of(events):
                    self._suite(kind, suite, depth + 1)
            elif key == "tests":
                for kind in items_of(events):
                    self._test(kind, suite)
            elif key in {"setup", "teardown"}:
                self._phase(suite, key)
            elif key == "metadata":
                for name in keys_of(events):
                    suite.set_metadata(wire.clean_name(name), wire.clean(text(events)))
            elif key in {"name", "source"}:
                setattr(suite, key, text(events))
            elif key in {"doc", "message"}:
                setattr(suite, key, _words(text(events)))
            elif key == "start_time":
                start = naive(text(events))
            elif key == "elapsed_time":
                elapsed = _seconds(value(events))
            else:
                skip(events)
        self._end_suite(suite, parent, start, suite.elapsed_inside if elapsed is None else elapsed)
        return suite

    def _end_suite(self, suite: SuiteBuilder, parent: SuiteBuilder | None, start: str, elapsed: float) -> None:
        start = start or suite.first_start
        suite.name = suite.name or name_of(suite.source)
        self.output.longnames[suite.id] = suite.name
        if not self.output.is_put_together and (correction := suite.correct()) is not None:
            self.output.corrections[suite.id] = correction
        if parent is None:
            self.output.start = start
        else:
            parent.add_suite(suite, start, elapsed)
        self._take(suite.line(start, elapsed))

    def _test(self, opening: str, suite: SuiteBuilder) -> None:
        events = self._events
        told: dict[str, Any] = {}
        for key in keys_of(events, opening):
            if key in _OF_TEST:
                told[key] = value(events)
            else:
                skip(events)
        status, start = told.get("status", "FAIL"), naive(_text(told, "start_time"))
        name, tags = _text(told, "name"), told.get("tags") or []
        if status not in wire.STATUSES:
            raise Unreadable(f"The status of test {name[:200]!r} is {str(status)[:50]!r}.")
        elapsed = _seconds(told.get("elapsed_time"))
        suite.add_test(status, start, elapsed)
        self.output.tests += 1
        self._take(
            TestLine(
                f"{suite.id}-t{suite.children}",
                wire.clean_name(name)[: wire.MAX_NAME],
                "",
                status,
                _words(_text(told, "message")),
                start or suite.first_start,
                elapsed,
                _line_number(told.get("lineno")),
                normalized_tags(tuple(str(tag) for tag in tags)) if isinstance(tags, list) else (),
            )
        )

    def _phase(self, suite: SuiteBuilder, which: str) -> None:
        told: dict[str, Any] = {}
        for key in keys_of(self._events):
            if key in _OF_PHASE:
                told[key] = value(self._events)
            else:
                skip(self._events)
        name, status = wire.clean_name(_text(told, "name"))[: wire.MAX_NAME], _text(told, "status") or "FAIL"
        setattr(suite, which, PhaseLine(name, status, _seconds(told.get("elapsed_time"))))
        if which == "teardown":
            suite.teardown_message = _words(_text(told, "message"))

    def _errors(self) -> None:
        for kind in items_of(self._events):
            for key in keys_of(self._events, kind):
                if key != "level":
                    skip(self._events)
                    continue
                level = text(self._events)
                self.output.warnings += level == "WARN"
                self.output.errors += level == "ERROR"

    def _join_names(self) -> None:
        """Of each suite its longname; those of suites above come first."""
        names = self.output.longnames
        for suite_id in sorted(names, key=lambda suite_id: suite_id.count("-")):
            above = wire.suite_id_of(suite_id)
            name = f"{names[above]}.{names[suite_id]}" if above else names[suite_id]
            names[suite_id] = wire.clean_name(name)[: wire.MAX_NAME]


_OF_TEST = frozenset(("name", "status", "message", "start_time", "elapsed_time", "lineno", "tags"))
_OF_PHASE = frozenset(("name", "status", "message", "elapsed_time"))


def _text(told: dict[str, Any], name: str) -> str:
    found = told.get(name) or ""
    if not isinstance(found, str):
        raise Unreadable(f"{name} is no text.")
    return found


def _words(text: str) -> Words:
    return (text[: wire.MAX_TEXT], max(0, len(text) - wire.MAX_TEXT)) if text else NO_WORDS


def _seconds(found: object) -> float:
    if found is None:
        return 0.0
    if not isinstance(found, (int, float)) or isinstance(found, bool) or not abs(found) < LONGEST:
        raise Unreadable(f"{str(found)[:50]!r} is no number of seconds.")
    return float(found)


def _line_number(found: object) -> int:
    return int(found) if isinstance(found, (int, float)) and 0 < found < 1e9 else 0
