"""What a run does, seen from where Robot Framework writes output.xml.

A listener is called after output.xml has been told of a start and before it is told of an end, among other listeners
that change what they like. A logger of Robot Framework's own kind is called before it at each start and after it at
each end: what it sees is what output.xml says, in every version, and goes on when a keyword runs another robot, which
takes away the listeners.
"""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from livewall_listener import context, convert, wire
from livewall_listener.held_start import HeldStart
from livewall_listener.ledger import Ledger
from livewall_listener.notices import Notices
from livewall_listener.open_report import Delivers

if TYPE_CHECKING:
    _LoggerApi = object
else:
    try:
        # It has every method that this version of Robot Framework may call.
        from robot.output.loggerapi import LoggerApi as _LoggerApi
    except ImportError:  # Robot Framework 6 asks which there are
        _LoggerApi = object

_Hook = Callable[..., None]
_freeze: Callable[[], None] = getattr(gc, "freeze", lambda: None)
"""What is there when a run starts stays to its end: nobody need look through it for garbage. Not in PyPy."""
_unfreeze: Callable[[], None] = getattr(gc, "unfreeze", lambda: None)


def harmless(hook: _Hook) -> _Hook:
    """Whatever goes wrong inside stays inside, except for what Robot Framework itself throws at a running keyword.

    For methods of what has `notices`.
    """

    @wraps(hook)
    def call(self: Any, *arguments: Any) -> None:
        if self.notices.process != os.getpid():
            return  # a keyword forked, and its child runs on: the report is its parent's
        try:
            hook(self, *arguments)
            self.notices.tell()
        except context.TIMEOUTS:
            raise
        except Exception as error:
            self.notices.add("error", f"this listener failed, please report it: {type(error).__name__}: {error}")
            with suppress(Exception):
                self.notices.tell()

    return call


class RunLogger(_LoggerApi):
    """Reports one run, from `begin` on: the one whose root suite started last before.

    Until then it only looks which that is. Suites and tests of other runs, which keywords may start, are passed over.
    """

    def __init__(self, wall: str, notices: Notices) -> None:
        self.notices = notices
        self.wall = wall
        self.root: Any = None
        self._is_registered = False
        self._ledger = Ledger()
        self._report: Delivers | None = None
        self._events: HeldStart | None = None
        """Where those of the report are put."""
        self._errors: context.CollectedErrors | None = None
        self._depth = 0
        """Keywords within each other that are being run."""
        self._in_test = False
        self._is_over = False
        """The root suite has ended: files may follow."""
        self._files: dict[str, Any] = {}

    @property
    def is_reporting(self) -> bool:
        return self._report is not None

    def register(self) -> bool:
        """Have it called until the end of the run; -> whether this Robot Framework can do that."""
        self._is_registered = self._is_registered or context.register_logger(self)
        return self._is_registered

    def is_second(self, result: Any) -> bool:
        """Whether another one reports the run of this root suite to the same wall."""
        return any(other.root is result and other.wall == self.wall for other in _reporting)

    def begin(self, data: Any, result: Any, report: Delivers) -> None:
        """Report the run of this root suite, whose start need not have been seen."""
        if not self._ledger.holds(result):
            self._start_root(data, result)
        self._errors = context.CollectedErrors()
        self.root, self._report = result, report
        self._events = HeldStart(report.put, self.notices)
        self._events.start()
        _reporting.append(self)
        self._is_over = False
        self._files.clear()
        _freeze()
        self.announce()

    def announce(self) -> None:
        """Every listener has been called at the start of a suite: tell of it."""
        self._put(self._ledger.announce())

    @harmless
    def start_suite(self, data: Any, result: Any = None) -> None:
        data, result = _both(data, result)
        if result.parent is None:
            if self._report is None:
                self._start_root(data, result)
        elif self._report and self._ledger.holds(result.parent) and not self._ledger.holds(result):
            self._depth = 0
            self._put(self._ledger.start_suite(data, result))

    @harmless
    def end_suite(self, data: Any, result: Any = None) -> None:
        _, result = _both(data, result)
        if self._report and self._ledger.holds(result):
            if not self._is_registered:  # no keyword was seen
                self._take_phases(result)
            self._put(self._ledger.end_suite(result))
            if result.parent is None:
                self._is_over = True
                self._report.note_trouble()

    @harmless
    def start_test(self, data: Any, result: Any = None) -> None:
        result = data.result if result is None else result
        if self._ledger.holds(result.parent):
            self._in_test = True
            if self._report:
                self._put(self._ledger.start_test(result))

    @harmless
    def end_test(self, data: Any, result: Any = None) -> None:
        result = data.result if result is None else result
        if self._events and self._ledger.holds(result.parent):
            self._events.put(self._ledger.end_test(result))
            self._in_test = False
            self._depth = 0

    def start_keyword(self, *_: Any) -> None:
        """Called for each keyword, so it does next to nothing."""
        self._depth += 1

    def end_keyword(self, *arguments: Any) -> None:
        self._depth -= 1
        if self._depth == 0 and not self._in_test:
            self._end_suite_keyword(arguments[-1])

    start_user_keyword = start_library_keyword = start_invalid_keyword = start_keyword
    end_user_keyword = end_library_keyword = end_invalid_keyword = end_keyword

    @harmless
    def _end_suite_keyword(self, keyword: Any) -> None:
        self._ledger.end_suite_keyword(keyword.result if convert.ROBOT_6 else keyword)

    def output_file(self, *arguments: Any) -> None:
        """Robot Framework 6 calls it for every kind of file, with the kind first."""
        kind = arguments[0].lower() if len(arguments) > 1 else "output"
        self.take_file(kind, arguments[-1])

    def log_file(self, path: Any) -> None:
        self.take_file("log", path)

    def report_file(self, path: Any) -> None:
        self.take_file("report", path)

    @harmless
    def take_file(self, kind: str, path: Any) -> None:
        """A result file is complete. Told twice, as a listener and as a logger.

        Another output file is of another run, and so are the files after it.
        """
        if kind == "output" and self._files.get(kind, path) != path:
            self._is_over = False
        if self._report is None or not self._is_over or kind in self._files:
            return
        self._files[kind] = path
        if kind == "output":
            self._put(self._end_events())
        if path and str(path).upper() != "NONE":
            self._report.upload(kind, Path(path))

    @harmless
    def close(self) -> None:
        self._is_registered = False  # Robot Framework forgets its loggers now
        _reporting[:] = [other for other in _reporting if other is not self]
        report, events, self._report, self._events = self._report, self._events, None, None
        if report is None or events is None:
            return
        _unfreeze()
        if "output" not in self._files:
            for event in self._end_events():
                events.put(event)
        events.stop()
        report.close()

    def _take_phases(self, suite: Any) -> None:
        for phase in ("setup", "teardown"):
            if getattr(suite, f"has_{phase}", False):
                self._ledger.end_suite_keyword(getattr(suite, phase))

    def _start_root(self, data: Any, result: Any) -> None:
        self._ledger = Ledger()
        self._ledger.start_suite(data, result)
        self._depth, self._in_test = 0, False

    def _end_events(self) -> list[wire.Event]:
        errors = self._errors or context.CollectedErrors()
        return self._ledger.end_process(warnings=errors.count("WARN"), errors=errors.count("ERROR"))

    def _put(self, events: list[wire.Event]) -> None:
        if self._events:
            for event in events:
                self._events.put(event)


_reporting: list[RunLogger] = []


def _both(data: Any, result: Any) -> tuple[Any, Any]:
    """Robot Framework 6 gives one object that holds both."""
    return (data.data, data.result) if result is None else (data, result)
