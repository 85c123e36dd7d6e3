"""Tables of build reports as CSV, for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from livewall_dashboard.buildlogs.version_matrix import Cell, SystemKey
from livewall_dashboard.buildlogs.version_summary import label, parameters
from livewall_dashboard.web.links import page_of

Row = Mapping[str, Any]
REPORTS = (
    "project", "version", "status", "failed_step", "system", "architecture", "compiler", "setup", "started_at", "total",
    "passed", "failed", "skipped", "expected_failures", "missing_tests", "errors", "warnings", "new_warnings",
    "fixed_warnings", "first_error", "run", "url",
)  # fmt: skip
SYSTEMS = (
    "name", "system", "architecture", "compiler", "setup", "parameters", "status", "failed_step", "steps", "total",
    "passed", "failed", "skipped", "expected_failures", "missing_tests", "warnings", "new_warnings", "fixed_warnings",
    "former_version", "former_status", "started_at", "run", "url",
)  # fmt: skip
DIAGNOSTICS = ("kind", "change", "text", "file", "line", "flag", "sort", "hint", "step", "at", "count", "fingerprint")
OF_SYSTEM = ("system", "architecture", "compiler")


def report_row(row: Row) -> dict[str, Any]:
    """Members by the names of `REPORTS`."""
    error = row["first_error"]
    return {**_members(row), "first_error": error and f"{_place(error)}{error['text']}"}


def system_row(row: Row) -> dict[str, Any]:
    """Members by the names of `SYSTEMS`."""
    steps = {step["name"]: step["status"] for step in row["steps"]}
    return {**_members(row), "name": label(row), "parameters": parameters(row), "steps": steps}


def matrix_lines(rows: Iterable[tuple[SystemKey, Sequence[Cell | None]]]) -> Iterator[list[object]]:
    """After `OF_SYSTEM` the status of each version: that of the report that went worst."""
    for key, of_versions in rows:
        yield [*key, *(cell and cell.worst["status"] for cell in of_versions)]


def _members(row: Row) -> dict[str, Any]:
    """Without a report before there is nothing beside which warnings are new."""
    told = {**row, "missing_tests": row["details"]["missing_tests"], "url": page_of(row["run"])}
    return told if row["former"] else {**told, "new_warnings": None, "fixed_warnings": None}


def _place(error: Row) -> str:
    line = f":{error['line']}" if error["line"] else ""
    return f"{error['file']}{line}: " if error["file"] else ""
