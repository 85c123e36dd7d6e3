"""The rows of a result set: ids given, texts cleaned, suites counted. Pure."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import msgspec

from livewall_dashboard.base.clock import parse_time
from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.base.run_status import Evidence, status_of
from livewall_dashboard.history.result_sets.complete_run import Tally
from livewall_dashboard.history.result_sets.result_set import Attempt, GivenResult, GivenSuite, ResultSet
from livewall_dashboard.history.results import copy, expectation
from livewall_dashboard.history.results.status_number import STATUS_NUMBER
from livewall_listener import wire

Row = dict[str, Any]

SKIPPED = STATUS_NUMBER["SKIP"]


@dataclass(slots=True)
class ResultSetRows:
    """`tests` and `more` go together; run and process are 0 in them. `tally`: of the tests, to compare with what is
    stored.
    """

    tests: list[copy.Row] = field(default_factory=list)
    more: list[copy.More] = field(default_factory=list)
    suites: list[Row] = field(default_factory=list)
    suite_names: list[tuple[str, str]] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def rows_of(result_set: ResultSet) -> ResultSetRows:
    """Raises `Invalid` for what cannot be stored."""
    rows = ResultSetRows()
    root = dataclasses.replace(
        result_set.root, elapsed_time=max(0.0, (result_set.ended_at - result_set.started_at).total_seconds())
    )
    _add_suite(rows, root, "s1", "", result_set.started_at)
    return rows


def _add_suite(
    rows: ResultSetRows, suite: GivenSuite, suite_id: str, above: str, began: datetime
) -> tuple[Tally, float]:
    """What is in the suite: its tests, and how long they took."""
    began = suite.start_time or began
    name = _name(suite.name)
    longname = f"{above}.{name}"[: wire.MAX_NAME] if above else name
    row: Row = {"id": suite_id, "seq": len(rows.suites) + 1, "start_time": _time(began)}
    rows.suites.append(row)
    rows.suite_names.append((longname, name))
    tally, elapsed = Tally(), 0.0
    start = _time(began)
    for no, result in enumerate(suite.results, 1):
        elapsed += _add_test(rows, result, f"{suite_id}-t{no}", start, tally)
    for no, child in enumerate(suite.suites, 1):
        below, took = _add_suite(rows, child, f"{suite_id}-s{no}", longname if above or suite_id != "s1" else "", began)
        tally.counts = [own + others for own, others in zip(tally.counts, below.counts, strict=True)]
        elapsed += took
    if suite.elapsed_time is not None:
        elapsed = _seconds(suite.elapsed_time)
    row |= {
        "source": wire.clean(suite.source),
        "doc": wire.clean(suite.doc),
        "metadata": {_name(key): wire.clean(value) for key, value in suite.metadata.items()},
        "test_count": sum(tally.counts),
        "status": suite.status or _status(tally),
        "message": wire.clean(suite.message),
        "elapsed_time": elapsed,
    }
    return tally, elapsed


def _status(tally: Tally) -> str:
    passed, failed, skipped, not_run, expected = tally.counts
    evidence = Evidence("finished", ended=True, verification="verified", passed=passed, failed=failed, skipped=skipped,
                        not_run=not_run, expected_failures=expected)  # fmt: skip
    return status_of(evidence) or "SKIP"


def _add_test(rows: ResultSetRows, result: GivenResult, test_id: str, start: str, tally: Tally) -> float:
    """How long it took."""
    status, actual, expected = expectation.to_store(result.actual, result.expected)
    if result.is_skipped:
        status, actual = SKIPPED, None
    message = wire.clean(result.message) if result.message else ""
    elapsed = _seconds(result.elapsed_time)
    longname = _name(result.longname)
    name = _name(result.name) if result.name else longname.rpartition("/")[2] or longname
    began = _time(result.start_time) if result.start_time else start
    event = wire.EndTest(
        test_id, name, longname, "", "", began, elapsed, result.lineno, list(result.tags), wire.clean(result.source)
    )
    rows.tests.append((0, 0, len(rows.tests) + 1, status, message, event))
    attempts = len(result.attempts) if len(result.attempts) > 1 else None
    extra = _json(result.extra) if result.extra else None
    more = (expected, actual, attempts, extra)
    rows.more.append(copy.PLAIN if more == copy.PLAIN else more)
    if attempts:
        rows.attempts += attempt_rows(test_id, result.attempts)
    counts_as = expectation.counts_as(status, actual, expected)
    rows.tally.add(test_id, status, message, counts_as)
    tally.counts[counts_as] += 1
    return elapsed


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
    return max(0.0, float(elapsed))


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
