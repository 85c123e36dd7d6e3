"""A project's versions over its systems: how each went, and whether that is news.

Pure: reports are rows of the store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livewall_dashboard.buildlogs.version_summary import natural, rank

Row = Mapping[str, Any]
SystemKey = tuple[str, str, str]
"""System, architecture, and the compiler without its version, which changes under a system."""
_VERSION = re.compile(r" [\d.]+$")


@dataclass(slots=True)
class Cell:
    """A version on a system. `worst`: the report that went worst; `is_known`: the version before failed there, too."""

    worst: Row
    reports: int = 1
    failed: int = 0
    is_known: bool = False


def matrix(reports: Iterable[Row], versions: Sequence[str]) -> list[tuple[SystemKey, list[Cell | None]]]:
    """Systems by name, each with a cell for each of `versions`, the newest first; None where nobody built that."""
    cells: dict[SystemKey, dict[str, Cell]] = {}
    for report in reports:
        key = (report["system"], report["architecture"], _VERSION.sub("", report["compiler"]))
        _add(cells.setdefault(key, {}), report)
    names = sorted(cells, key=lambda key: [natural(part) for part in key])
    return [(name, _in_order(cells[name], versions)) for name in names]


def _add(of_system: dict[str, Cell], report: Row) -> None:
    cell = of_system.get(report["version"])
    if cell is None:
        cell = of_system[report["version"]] = Cell(report)
    else:
        cell.reports += 1
        if (rank(report), -report["started_at"].timestamp()) < (
            rank(cell.worst),
            -cell.worst["started_at"].timestamp(),
        ):
            cell.worst = report
    cell.failed += bool(report["failed_step"])


def _in_order(of_system: Mapping[str, Cell], versions: Sequence[str]) -> list[Cell | None]:
    row = [of_system.get(version) for version in versions]
    former: Cell | None = None
    for cell in reversed(row):
        if cell is not None:
            cell.is_known = former is not None and bool(cell.failed) and cell.worst["status"] == former.worst["status"]
            former = cell
    return row
