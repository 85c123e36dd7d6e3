"""Counts of suites: each test counts for its suite and all above it."""

from __future__ import annotations

from typing import Any

from livewall_dashboard.base.run_status import COUNTS
from livewall_dashboard.history.results.expectation import CountsAs
from livewall_listener import wire

Row = dict[str, Any]

_MEMBERS = {
    CountsAs.PASSED: "passed",
    CountsAs.FAILED: "failed",
    CountsAs.SKIPPED: "skipped",
    CountsAs.EXPECTED_FAILURE: "expected_failures",
}


def with_counts(suites: list[Row], tallies: list[Row]) -> list[Row]:
    """The suites, each with `counts` of its tests so far.

    `tallies`: `{process_no, suite, counts_as, tests}`, how many tests directly in a suite count as what (`CountsAs`).
    """
    counts: dict[tuple[int, str], Row] = {}
    for tally in tallies:
        suite = tally["suite"]
        while suite:
            row = counts.setdefault((tally["process_no"], suite), _zero())
            row["total"] += tally["tests"]
            if tally["counts_as"] in _MEMBERS:
                row[_MEMBERS[tally["counts_as"]]] += tally["tests"]
            suite = wire.suite_id_of(suite)
    return [{**suite, "counts": counts.get((suite["process_no"], suite["id"]), _zero())} for suite in suites]


def _zero() -> Row:
    return dict.fromkeys(COUNTS, 0)
