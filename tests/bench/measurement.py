"""What a benchmark gives back, and the small statistics all of them use."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .chart import Chart


@dataclass
class Check:
    """One budget: `measured` against `limit`, both in `unit`."""

    what: str
    measured: float
    limit: float
    unit: str = ""
    at_most: bool = True

    @property
    def kept(self) -> bool:
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit

    @property
    def words(self) -> str:
        return f"{'at most' if self.at_most else 'at least'} {number(self.limit)} {self.unit}".strip()


@dataclass
class Measurement:
    """`table` has its heading as the first row; `raw` holds every figure measured; `chart` stands below the table."""

    name: str
    title: str
    how: str
    checks: list[Check]
    table: list[list[str]]
    raw: dict[str, Any] = field(default_factory=dict)
    chart: Chart | None = None


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def number(value: float) -> str:
    """Three significant digits, thousands in groups."""
    if value and abs(value) < 100:
        return f"{value:.3g}"
    return f"{value:,.0f}"
