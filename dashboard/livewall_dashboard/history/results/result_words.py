"""What a stored result was and was expected to be, as the API says it."""

from __future__ import annotations

from typing import Any, Literal

from livewall_dashboard.history.results.expectation import PASS, CountsAs, actual_of, text_of
from livewall_dashboard.history.results.status_number import STATUS_NUMBER

Row = dict[str, Any]

Outcome = Literal["passed", "failed", "skipped", "not_run", "expected_failure"]

OUTCOMES: dict[Outcome, CountsAs] = {
    "passed": CountsAs.PASSED,
    "failed": CountsAs.FAILED,
    "skipped": CountsAs.SKIPPED,
    "not_run": CountsAs.NOT_RUN,
    "expected_failure": CountsAs.EXPECTED_FAILURE,
}
_NAMES = {number: name for name, number in OUTCOMES.items()}


def in_words(row: Row) -> Row:
    """A row with `status`, and with `counts_as`, `actual` and `expected` as stored, with the API's words for them."""
    has_run = row["status"] in {"PASS", "FAIL"}
    actual = text_of(actual_of(STATUS_NUMBER[row["status"]], row["actual"])) if has_run else ""
    outcome = _NAMES[row.pop("counts_as")]
    return {**row, "outcome": outcome, "actual": actual, "expected": text_of(row["expected"] or PASS)}
