"""Parts of the store's rows as the API answers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livewall_dashboard.buildlogs.resources import ReportError
from livewall_dashboard.history.resources import of

COUNTS = ("total", "passed", "failed", "skipped", "expected_failures")


def counts_of_row(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: row[name] for name in COUNTS}


def error_of(found: dict[str, Any] | None) -> ReportError | None:
    return None if found is None else of(ReportError, found)
