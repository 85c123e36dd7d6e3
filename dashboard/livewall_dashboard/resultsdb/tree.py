"""The tree of results that an upload has -> its tests, and what they come to. Pure.

A leaf is an object without objects in it, an empty one too; its path is the test's name. `actual` and `expected` are
words (expectation.py), `time` milliseconds; whatever else is in a leaf comes back as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.history.result_sets.result_set import GivenResult
from livewall_dashboard.history.results import expectation
from livewall_dashboard.history.results.expectation import CRASH, FAILURES, PASS, TIMEOUT, Words
from livewall_listener import wire

Leaf = Mapping[str, Any]

_OWN = frozenset({"actual", "expected", "time", "log"})
_USUAL = frozenset({"actual", "expected", "time"})
_EXACT = 1_000_000_000
"""Whole milliseconds below it are the same again when they were seconds in between."""


@dataclass(slots=True)
class Summary:
    """Of all tests of an upload. `stats` have the names of resultsdbpy's."""

    flaky: int = 0
    stats: dict[str, int] = field(
        default_factory=lambda: {
            "tests_run": 0,
            "tests_failed": 0,
            "tests_unexpected_failed": 0,
            "tests_timedout": 0,
            "tests_unexpected_timedout": 0,
            "tests_crashed": 0,
            "tests_unexpected_crashed": 0,
        }
    )

    def add(self, actual: Words, expected: Words, leaf: Leaf) -> None:
        self.stats["tests_run"] += 1
        if "flakiness_num_tries" in leaf:
            self.flaky += _is_flaky(leaf)
        if actual == PASS:
            return
        self._count("tests_", expectation.worst(actual))
        if surprise := expectation.unexpected(actual, expected):
            self._count("tests_unexpected_", expectation.worst(surprise))

    def _count(self, prefix: str, worst: Words) -> None:
        """Each counts what is as bad as it says, or worse."""
        self.stats[f"{prefix}failed"] += bool(worst & FAILURES)
        self.stats[f"{prefix}timedout"] += bool(worst & (TIMEOUT | CRASH))
        self.stats[f"{prefix}crashed"] += bool(worst & CRASH)


def read(results: object) -> tuple[list[GivenResult], Summary]:
    """Raises Invalid for a tree that is none, and for a status that is none, with the test it is of."""
    if not isinstance(results, dict):
        raise Invalid("'results' is an object of directories and tests")
    summary = Summary()
    tests: dict[str, GivenResult] = {}
    for path, leaf in _leaves(results):
        tests[path] = result = _result(path, leaf)
        summary.add(result.actual, result.expected, leaf)
    return list(tests.values()), summary


def _is_flaky(leaf: Leaf) -> bool:
    tries, passes = leaf["flakiness_num_tries"], leaf.get("flakiness_num_passes")
    return isinstance(tries, (int, float)) and isinstance(passes, (int, float)) and passes < tries


def log_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """What a stored result has beside its words, as it was uploaded. Keys: message, elapsed_time, extra."""
    found: dict[str, Any] = {}
    if result["message"]:
        found["log"] = result["message"]
    if result["elapsed_time"]:
        found["time"] = _milliseconds(result["elapsed_time"])
    return {**found, **(result["extra"] or {})}


def _leaves(results: Mapping[str, Any]) -> Iterator[tuple[str, Leaf]]:
    """In the order of the tree. Its depth is nobody's to choose: there is no recursion."""
    above = [("", iter(results.items()))]
    while above:
        beginning, members = above[-1]
        for name, value in members:
            path = beginning + name
            if type(value) is not dict:
                raise Invalid(f"{path[:200]!r} is neither a directory nor a test: {str(value)[:100]!r}")
            if not name or name[-1] == "/":
                raise Invalid(f"There is a test without a name in {path[:200]!r}")
            kinds = set(map(type, value.values()))
            if dict not in kinds:
                yield path, value
            elif len(kinds) > 1:
                raise Invalid(f"{path[:200]!r} has members of a test, and tests in it: it is one or the other")
            else:
                above.append((f"{path}/", iter(value.items())))
                break
        else:
            above.pop()


def _result(path: str, leaf: Leaf) -> GivenResult:
    actual = _words(path, "actual", leaf) if "actual" in leaf else PASS
    expected = _words(path, "expected", leaf) if "expected" in leaf else PASS
    log, time = leaf.get("log"), leaf.get("time")
    if type(time) is int and 0 < time < _EXACT and leaf.keys() <= _USUAL:
        return GivenResult(path, actual, expected, False, time / 1000)
    elapsed = _seconds(time)
    extra = {} if leaf.keys() <= _OWN else {name: value for name, value in leaf.items() if name not in _OWN}
    if "log" in leaf and (not isinstance(log, str) or not log or wire.clean(log) != log):
        extra["log"] = log
    if "time" in leaf and (not elapsed or isinstance(time, bool) or _milliseconds(elapsed) != time):
        extra["time"] = time
    message = log if isinstance(log, str) else ""
    return GivenResult(path, actual, expected, elapsed_time=elapsed, message=message, extra=extra or None)


def _words(path: str, name: str, leaf: Leaf) -> Words:
    text = leaf[name]
    if not isinstance(text, str):
        raise Invalid(f"{name!r} of {path[:200]!r} is text, not {str(text)[:100]!r}")
    try:
        return _words_of(text)
    except Invalid as error:
        raise Invalid(f"{name!r} of {path[:200]!r}: {error.message}") from None


@lru_cache(maxsize=1000)
def _words_of(text: str) -> Words:
    return expectation.parse(text) if text else PASS


def _seconds(time: object) -> float:
    if isinstance(time, bool) or not isinstance(time, (int, float)) or not 0 <= time < 1e12 or not math.isfinite(time):
        return 0.0
    return time / 1000


def _milliseconds(elapsed: float) -> float:
    milliseconds = round(elapsed * 1000, 6)
    return int(milliseconds) if milliseconds == int(milliseconds) else milliseconds
