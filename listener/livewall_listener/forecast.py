"""How many tests a process runs: those that ended and those still expected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from livewall_listener import wire
from livewall_listener.convert import name_of

PLAN_CHUNK = 1000
"""Longnames in one Plan event."""


class Forecast:
    """Counts tests as Robot Framework will run them, and again where a suite turned out otherwise.

    Reads `robot.running` suites. Tests tagged `robot:exclude` are counted by Robot Framework but never run.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, int, int]] = {}
        """By id() of a suite, which is kept alive: the suite, its test_count as robot says it, tests it will run."""

    def known(self, suite: Any) -> int:
        """What was counted for it last, in itself or in a suite above; 0 for one that turned up meanwhile."""
        known = self._known.get(id(suite))
        return known[2] if known else 0

    def count(self, suite: Any) -> int:
        """Tests that `suite` and its children will run, as far as one can know now."""
        known = self._known.get(id(suite))
        announced = int(suite.test_count)
        if known and known[1] == announced:
            return known[2]
        excluded = sum(bool(test.tags.robot("exclude")) for test in suite.tests)
        count = len(suite.tests) - excluded + sum(self.count(child) for child in suite.suites)
        self._known[id(suite)] = suite, announced, count
        return count


def plan(root: Any) -> Iterator[wire.Plan]:
    """What is about to run, in order, in events of a bearable size."""
    names = list(_longnames(root, root.name))
    for start in range(0, len(names), PLAN_CHUNK):
        yield wire.Plan(names[start : start + PLAN_CHUNK])


def _longnames(suite: Any, longname: str) -> Iterator[str]:
    for test in suite.tests:
        if not test.tags.robot("exclude"):
            yield name_of(f"{longname}.{test.name}")
    for child in suite.suites:
        yield from _longnames(child, f"{longname}.{child.name}")
