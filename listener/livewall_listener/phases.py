"""How long suite setups and teardowns took.

Robot Framework 7 says it. Version 6 does not, without a call for each keyword: there it follows from the moments at
which the suite started, its first child started, its last child ended and the suite ended.
"""

from __future__ import annotations

from typing import Any

from robot.version import VERSION

from livewall_listener import context, convert, wire

_KNOWN_TO_ROBOT = int(VERSION.partition(".")[0]) >= 7
"""A phase that the result does not hold did then not take place: there was no test to run, or a suite above failed."""


class _Open:
    __slots__ = ("first_child_at", "last_child_at", "started_at")

    def __init__(self, started_at: float):
        self.started_at = started_at
        self.first_child_at: float | None = None
        self.last_child_at: float | None = None


class Phases:
    """Follows the suites that are open; `at` is a monotonic moment."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    def start_suite(self, at: float) -> None:
        self._child_starts(at)
        self._open.append(_Open(at))

    def start_test(self, at: float) -> None:
        self._child_starts(at)

    def end_test(self, at: float) -> None:
        if self._open:
            self._open[-1].last_child_at = at

    def end_suite(self, data: Any, result: Any, at: float) -> tuple[wire.Phase | None, wire.Phase | None]:
        suite = self._open.pop() if self._open else _Open(at)
        if self._open:
            self._open[-1].last_child_at = at
        if _KNOWN_TO_ROBOT:
            return (
                convert.phase_of(result.setup) if result.has_setup else None,
                convert.phase_of(result.teardown) if result.has_teardown else None,
            )
        return _derived(suite, data, result, at)

    def _child_starts(self, at: float) -> None:
        if self._open and self._open[-1].first_child_at is None:
            self._open[-1].first_child_at = at


def _derived(suite: _Open, data: Any, result: Any, at: float) -> tuple[wire.Phase | None, wire.Phase | None]:
    message = result.message
    setup = teardown = None
    if data.has_setup:
        setup = _phase(data.setup, _status(message, "setup"), (suite.first_child_at or at) - suite.started_at)
    if data.has_teardown:
        teardown = _phase(data.teardown, _status(message, "teardown"), at - (suite.last_child_at or at))
    return setup, teardown


def _status(message: str, phase: str) -> str:
    """The suite's message begins each part with what happened."""
    if f"uite {phase} failed:" in message:
        return "FAIL"
    return "SKIP" if f"Skipped in suite {phase}:" in message else "PASS"


def _phase(keyword: Any, status: str, seconds: float) -> wire.Phase | None:
    name = context.resolve(keyword.name or "")
    if name.upper() in {"", "NONE"}:
        return None
    return wire.Phase(convert.name_of(name), status, round(max(0.0, seconds), 6))
