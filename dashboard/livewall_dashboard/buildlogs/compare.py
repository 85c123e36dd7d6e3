"""What differs between two reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from livewall_dashboard.buildlogs.store import ReportStore
from livewall_dashboard.history.store import Store

Row = dict[str, Any]
Change = tuple[str, str | None, str | None]
MOST = 1_000
"""Differences of one kind that are told."""
PAGE = 1_000
MOST_TESTS = 20_000


@dataclass(slots=True)
class Comparison:
    """Each change: a name, what it was on the left and on the right; None where it is not there."""

    left: Row
    right: Row
    steps: list[Change]
    tests: list[Change]
    new_warnings: list[Row]
    fixed_warnings: list[Row]
    answers: list[Change]


def compare(store: ReportStore, history: Store, left: str, right: str) -> Comparison:
    """Runs by their keys. Raises NotFound."""
    one, other = store.report(left), store.report(right)
    warnings = store.diagnostics(right, left, "warning", limit=2 * MOST)
    steps = [{step["name"]: step["status"] for step in report["steps"]} for report in (one, other)]
    tests = [_tests(history, run) for run in (left, right)]
    answers = [store.answers(report["answers_id"]) for report in (one, other)]
    return Comparison(
        one,
        other,
        _changes(*steps),
        _changes(*tests),
        [row for row in warnings if row["change"] == "new"][:MOST],
        [row for row in warnings if row["change"] == "fixed"][:MOST],
        _changes(*answers),
    )


def _changes(left: Mapping[str, str], right: Mapping[str, str]) -> list[Change]:
    names: Iterable[str] = dict.fromkeys([*left, *right])
    return [(name, left.get(name), right.get(name)) for name in names if left.get(name) != right.get(name)][:MOST]


def _tests(history: Store, run: str) -> dict[str, str]:
    found: dict[str, str] = {}
    after: str | None = None
    while len(found) < MOST_TESTS:
        rows, after = history.tests(run, after=after, limit=PAGE)
        found |= {row["name"]: row["status"] for row in rows}
        if after is None:
            break
    return found
