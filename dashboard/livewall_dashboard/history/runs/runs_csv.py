"""The list of runs as CSV, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from livewall_dashboard.web.links import page_of
from livewall_dashboard.web.values import time_text

MOST = 100_000
"""Runs of one answer."""
PAGE = 1000

COLUMNS = (
    "id", "setup", "suite", "name", "state", "status", "verification", "total", "passed", "failed", "skipped",
    "expected_failures", "missing", "started_at", "elapsed_time", "branch", "commit", "repository", "labels", "build",
    "url",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would reckon with."""

Row = dict[str, Any]
ReadPage = Callable[..., tuple[list[Row], "str | None"]]


def lines(read: ReadPage) -> Iterator[str]:
    """The text, a page of runs at a time. `read(before=..., limit=...)` gives a page; the first is read at once."""
    return _lines(read, read(limit=PAGE))


def _lines(read: ReadPage, page: tuple[list[Row], str | None]) -> Iterator[str]:
    yield _text([COLUMNS])
    written = 0
    while True:
        rows, following = page
        yield _text(_cells(row) for row in rows)
        written += len(rows)
        if following is None or written >= MOST:
            return
        page = read(before=following, limit=PAGE)


def _cells(row: Row) -> Iterator[object]:
    told = {
        **row,
        **row["counts"],
        "started_at": time_text(row["started_at"]),
        "labels": ", ".join(f"{name}={value}" for name, value in row["labels"].items()),
        "build": (row["build"] or {}).get("url"),
        "url": page_of(row["id"]),
    }
    for name in COLUMNS:
        value = told[name]
        yield f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _text(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
