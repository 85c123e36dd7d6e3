"""The list of runs as CSV, for spreadsheets."""

from __future__ import annotations

from typing import Any

from livewall_dashboard.web.links import page_of

COLUMNS = (
    "id", "setup", "suite", "name", "state", "status", "verification", "total", "passed", "failed", "skipped",
    "expected_failures", "missing", "started_at", "elapsed_time", "branch", "commit", "repository", "labels", "build",
    "url",
)  # fmt: skip

Row = dict[str, Any]


def row_of(row: Row) -> Row:
    """A run by the names of `COLUMNS`."""
    return {**row, **row["counts"], "build": (row["build"] or {}).get("url"), "url": page_of(row["id"])}
