"""Counts of suites: each test counts for its suite and all above it."""

from __future__ import annotations

from typing import Any

from livewall_listener import wire

Row = dict[str, Any]

_STATUSES = ("passed", "failed", "skipped")
"""Of the numbers 0, 1, 2 in `result.status`."""


def with_counts(suites: list[Row], tallies: list[Row]) -> list[Row]:
    """The suites, each with `counts` of its tests so far.

    `tallies`: `{process_no, suite, status, tests}`, how many tests directly in a suite have a status.
    """
    counts: dict[tuple[int, str], Row] = {}
    for tally in tallies:
        suite = tally["suite"]
        while suite:
            row = counts.setdefault((tally["process_no"], suite), _zero())
            row["total"] += tally["tests"]
            if tally["status"] < len(_STATUSES):
                row[_STATUSES[tally["status"]]] += tally["tests"]
            suite = wire.suite_id_of(suite)
    return [{**suite, "counts": counts.get((suite["process_no"], suite["id"]), _zero())} for suite in suites]


def _zero() -> Row:
    return {"total": 0, "passed": 0, "failed": 0, "skipped": 0}
