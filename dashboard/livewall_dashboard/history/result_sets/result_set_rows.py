"""The rows of a result set: ids given, texts cleaned, suites counted; made as they are sent. Pure."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import islice
from typing import Any

import msgspec

from livewall_dashboard.base.clock import parse_time
from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.base.run_status import Evidence, status_of
from livewall_dashboard.history.result_sets.result_set import Attempt, GivenResult, GivenSuite, ResultSet
from livewall_dashboard.history.results import copy, expectation
from livewall_dashboard.history.results.expectation import CountsAs, Words
from livewall_dashboard.history.results.status_number import STATUS_NUMBER
from livewall_listener import wire

Row = dict[str, Any]

AT_ONCE = 500
"""Tests."""
SKIPPED = STATUS_NUMBER["SKIP"]

Some = tuple["list[copy.Row]", "list[copy.More]"]


@dataclass(slots=True)
class _Suite:
    given: GivenSuite
    id: str
    began: datetime
    children: list[_Suite] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    counts: list[int] = field(default_factory=lambda: [0] * len(CountsAs))
    elapsed: float = 0.0


class ResultSetRows:
    """The names come first, then `tests`, which are made while the ones before them are sent; then there is the rest.

    `suite_names` and `test_names`: (longname, name), as the rows have them. `counts`: by what tests count as.
    """

    def __init__(self, result_set: ResultSet) -> None:
        """Raises `Invalid` for what cannot be stored."""
        self.suite_names: list[tuple[str, str]] = []
        self.test_names: list[tuple[str, str]] = []
        self.tag_sets: list[tuple[str, ...]] = []
        self.attempts: list[Row] = []
        self._suites: list[_Suite] = []
        self._told: list[tuple[str, str, str]] = []
        took = max(0.0, (result_set.ended_at - result_set.started_at).total_seconds())
        root = dataclasses.replace(result_set.root, elapsed_time=took)
        self._root = self._name_suite(root, "s1", "", result_set.started_at)

    def tests(self, run_id: int) -> Iterator[Some]:
        """Some at a time, in the order of their names. Raises `Invalid`."""
        made = self._tests(run_id)
        while some := list(islice(made, AT_ONCE)):
            rows, more = zip(*some, strict=True)
            yield list(rows), list(more)

    def suites(self) -> list[Row]:
        """Once all tests are there. Raises `Invalid`."""
        for suite in reversed(self._suites):  # what is in a suite comes after it
            _close_suite(suite)
        return [_suite_row(suite, seq) for seq, suite in enumerate(self._suites, 1)]

    @property
    def counts(self) -> list[int]:
        """Once the suites are there."""
        return self._root.counts

    @property
    def digest(self) -> str:
        """What is known of all tests by now."""
        return wire.digest_of(self._told)

    def _name_suite(self, given: GivenSuite, suite_id: str, above: str, began: datetime) -> _Suite:
        """The suite and all in it, in their order."""
        suite = _Suite(given, suite_id, given.start_time or began)
        name = _name(given.name)
        longname = f"{above}.{name}"[: wire.MAX_NAME] if above else name
        self._suites.append(suite)
        self.suite_names.append((longname, name))
        suite.names = [_names_of(result) for result in given.results]
        self.test_names += suite.names
        self.tag_sets += [tuple(result.tags) for result in given.results]
        below = longname if above or suite_id != "s1" else ""
        for no, child in enumerate(given.suites, 1):
            suite.children.append(self._name_suite(child, f"{suite_id}-s{no}", below, suite.began))
        return suite

    def _tests(self, run_id: int) -> Iterator[tuple[copy.Row, copy.More]]:
        seq = 0
        for suite in self._suites:
            start = _time(suite.began)
            for no, (result, names) in enumerate(zip(suite.given.results, suite.names, strict=True), 1):
                seq += 1
                yield self._test(suite, result, names, f"{suite.id}-t{no}", start, (run_id, seq))

    def _test(
        self,
        suite: _Suite,
        result: GivenResult,
        names: tuple[str, str],
        test_id: str,
        start: str,
        place: tuple[int, int],
    ) -> tuple[copy.Row, copy.More]:
        longname, name = names
        status, actual, expected = expectation.to_store(result.actual, result.expected)
        if result.is_skipped:
            status, actual = SKIPPED, None
        message = wire.clean(result.message) if result.message else ""
        elapsed = _seconds(result.elapsed_time)
        source = wire.clean(result.source) if result.source else ""
        began = _time(result.start_time) if result.start_time else start
        event = wire.EndTest(test_id, name, longname, "", "", began, elapsed, result.lineno, list(result.tags), source)
        suite.counts[expectation.counts_as(status, actual, expected)] += 1
        suite.elapsed += elapsed
        self._told.append((test_id, wire.STATUSES[status], message))
        return (place[0], 0, place[1], status, message, event), self._more(result, test_id, actual, expected)

    def _more(self, result: GivenResult, test_id: str, actual: Words | None, expected: Words | None) -> copy.More:
        attempts = len(result.attempts) if len(result.attempts) > 1 else None
        if attempts:
            self.attempts += attempt_rows(test_id, result.attempts)
        if actual is expected is attempts is None and not result.extra:
            return copy.PLAIN
        return expected, actual, attempts, _json(result.extra) if result.extra else None


def _close_suite(suite: _Suite) -> None:
    """Once those in it are closed."""
    for child in suite.children:
        suite.counts = [own + others for own, others in zip(suite.counts, child.counts, strict=True)]
        suite.elapsed += child.elapsed
    if suite.given.elapsed_time is not None:
        suite.elapsed = _seconds(suite.given.elapsed_time)


def _suite_row(suite: _Suite, seq: int) -> Row:
    given = suite.given
    return {
        "id": suite.id,
        "seq": seq,
        "start_time": _time(suite.began),
        "source": wire.clean(given.source),
        "doc": wire.clean(given.doc),
        "metadata": {_name(key): wire.clean(value) for key, value in given.metadata.items()},
        "test_count": sum(suite.counts),
        "status": given.status or _status(suite.counts),
        "message": wire.clean(given.message),
        "elapsed_time": suite.elapsed,
    }


def _status(counts: Sequence[int]) -> str:
    passed, failed, skipped, not_run, expected = counts
    evidence = Evidence("finished", ended=True, verification="verified", passed=passed, failed=failed, skipped=skipped,
                        not_run=not_run, expected_failures=expected)  # fmt: skip
    return status_of(evidence) or "SKIP"


def _names_of(result: GivenResult) -> tuple[str, str]:
    longname = _name(result.longname)
    return longname, _name(result.name) if result.name else longname.rpartition("/")[2] or longname


def attempt_rows(test_id: str, attempts: Sequence[Attempt]) -> list[Row]:
    """Rows for the query `add_attempts`. Raises `Invalid`."""
    return [
        {
            "id": test_id,
            "no": no,
            "status": STATUS_NUMBER[attempt.status],
            "start_time": _time(parse_time(attempt.start_time)) if attempt.start_time else None,
            "elapsed_time": None if attempt.elapsed_time is None else _seconds(attempt.elapsed_time),
            "message": wire.clean(attempt.message) or None,
        }
        for no, attempt in enumerate(attempts, 1)
    ]


def _name(text: str) -> str:
    return wire.clean_name(text)[: wire.MAX_NAME] or "(without a name)"


def _time(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat()


def _seconds(elapsed: float) -> float:
    if not math.isfinite(elapsed):
        raise Invalid(f"{elapsed} is no duration.")
    return float(elapsed) if elapsed > 0 else 0.0


def _json(extra: Mapping[str, Any]) -> str:
    """Raises `Invalid`. Postgres has no character 0 in it."""
    try:
        text = msgspec.json.encode(extra).decode()
        return text if "\\u0000" not in text else msgspec.json.encode(_without_nul(extra)).decode()
    except (TypeError, ValueError, RecursionError) as error:
        raise Invalid(f"What is beside a result is no JSON: {error}") from error


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, Mapping):
        return {_without_nul(key): _without_nul(each) for key, each in value.items()}
    return [_without_nul(each) for each in value] if isinstance(value, (list, tuple)) else value
