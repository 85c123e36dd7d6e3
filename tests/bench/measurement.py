"""What a benchmark gives back, and the small statistics all of them use."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .chart import Chart
from .curve import Limit

T = TypeVar("T")


@dataclass
class Check:
    """What was measured of a budget, by its name; `low` to `high` over the rounds, where there were several."""

    budget: str
    measured: float
    low: float | None = None
    high: float | None = None


@dataclass
class Measurement:
    """`table` has its heading as the first row; `raw` holds every figure measured; `chart` stands below the table.

    `limit`: where what was measured over several sizes ends.
    """

    name: str
    title: str
    how: str
    checks: list[Check]
    table: list[list[str]]
    raw: dict[str, Any] = field(default_factory=dict)
    chart: Chart | None = None
    limit: Limit | None = None


def over_rounds(budget: str, values: Sequence[float]) -> Check:
    """The median of the rounds, and their spread."""
    return Check(budget, median(values), min(values), max(values))


def in_turn(round_: int, *sides: T) -> Sequence[T]:
    """The sides in the order of this round: who is first changes."""
    return sides[::-1] if round_ % 2 else sides


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Of each round. Both sides of a round met the same machine; of the medians each may be another round's."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def spread(values: Sequence[float]) -> str:
    """`0.98 (0.95 to 1.02)`."""
    return f"{number(median(values))} ({number(min(values))} to {number(max(values))})"


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
