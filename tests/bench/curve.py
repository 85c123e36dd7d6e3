"""How cost grows with size: the power it grows with, and where it meets a bound."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FAR = 100.0
"""Times the largest size: nobody believes a line that is drawn further."""


@dataclass
class Limit:
    """Where a curve meets its bound: `what` happens at `at` `of`s, e.g. "the wall's core is full" at 900 "nodes".

    `measured`: the largest size that was; `wanted`: the largest that the design speaks of. `at` None: nowhere near.
    """

    what: str
    of: str
    at: float | None
    measured: float
    wanted: float

    @property
    def headroom(self) -> float:
        """How many times as large as wanted a lab may become."""
        return math.inf if self.at is None else self.at / self.wanted

    @property
    def words(self) -> str:
        if self.at is None:
            return f"up to {self.measured:,.0f} {self.of}, {self.what} is not in sight"
        where = f"{self.what} at about {_rounded(self.at):,.0f} {self.of}"
        return where if self.at <= self.measured else f"{where} (measured up to {self.measured:,.0f}, then extended)"


def power(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The p of cost ~ size^p, fitted: 0 is flat, 1 in proportion, more is worse than linear."""
    points = [(math.log(size), math.log(cost)) for size, cost in zip(sizes, costs, strict=True)]
    middle_x, middle_y = (sum(each) / len(points) for each in zip(*points, strict=True))
    along = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / along


def meets(sizes: Sequence[float], values: Sequence[float], bound: float, *, falling: bool = False) -> float | None:
    """The size from which on values are past the bound: between two sizes, or by going on as from the last two.

    `falling`: to be past it is to be below. None where a curve does not go there, or not before it is a hundred times
    as large as what was measured. The first size where even that is past it.
    """
    sign = -1 if falling else 1
    points = [(math.log(size), sign * math.log(value / bound)) for size, value in zip(sizes, values, strict=True)]
    if points[0][1] >= 0:
        return sizes[0]
    past = next((place for place, (_, y) in enumerate(points) if y >= 0), len(points) - 1)
    (x1, y1), (x2, y2) = points[past - 1 : past + 1]
    if y2 <= y1:
        return None
    at = x2 - y2 * (x2 - x1) / (y2 - y1)
    return math.exp(at) if at < points[-1][0] + math.log(FAR) else None


def first(limits: Iterable[Limit]) -> Limit:
    """That which a growing lab meets first."""
    return min(limits, key=lambda limit: limit.headroom)


def _rounded(value: float) -> float:
    """Two digits: more would be a promise."""
    digits = 1 - math.floor(math.log10(value))
    return round(value, digits)
