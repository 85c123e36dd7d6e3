"""The list of runs as CSV, for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from livewall_dashboard.web.links import page_of
from livewall_dashboard.web.values import time_text

COLUMNS = (
    "id", "setup", "suite", "name", "state", "status", "verification", "total", "passed", "failed", "skipped",
    "expected_failures", "missing", "started_at", "elapsed_time", "branch", "commit", "repository", "labels", "build",
    "url",
)  # fmt: skip

Row = dict[str, Any]


def cells(row: Row) -> Iterator[object]:
    """Those of a run, in the order of `COLUMNS`."""
    told = {
        **row,
        **row["counts"],
        "started_at": time_text(row["started_at"]),
        "labels": ", ".join(f"{name}={value}" for name, value in row["labels"].items()),
        "build": (row["build"] or {}).get("url"),
        "url": page_of(row["id"]),
    }
    return (told[name] for name in COLUMNS)
