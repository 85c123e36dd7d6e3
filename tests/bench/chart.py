"""Curves over sizes, as an SVG that is legible on light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

Scale = Callable[[float], float]
"""From a value's logarithm to a place in the picture."""

WIDTH, HEIGHT = 780, 380
LEFT, RIGHT, TOP, BOTTOM = 84, 240, 34, 46
COLOURS = (("#0b62a4", "#6cb6ff"), ("#b3471c", "#ff9d6b"), ("#2f7d32", "#7bd17f"), ("#7a4fa3", "#c9a4f0"))
"""On light and on dark pages."""
MARKS = ("M-4 -4h8v8h-8z", "M0 -5L5 4H-5z", "M0 -5L5 0L0 5L-5 0z", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0")


@dataclass
class Chart:
    """`series`: by name, a value for each of `sizes`, which count what `across` says. Both axes are logarithmic."""

    title: str
    sizes: list[float]
    unit: str
    series: dict[str, list[float]] = field(default_factory=dict)
    across: str = "results stored"


def svg(chart: Chart) -> str:
    values = [value for series in chart.series.values() for value in series]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    x = _scale(math.log10(chart.sizes[0]), math.log10(chart.sizes[-1]), LEFT, WIDTH - RIGHT)
    y = _scale(low, max(high, low + 1), HEIGHT - BOTTOM, TOP)
    places = [x(math.log10(size)) for size in chart.sizes]
    parts = [_head(chart), *_axes(chart, places, range(low, max(high, low + 1) + 1), y)]
    ends = _apart([y(math.log10(series[-1])) for series in chart.series.values()])
    for number, ((name, series), end) in enumerate(zip(chart.series.items(), ends, strict=True)):
        points = list(zip(places, (y(math.log10(value)) for value in series), strict=True))
        parts.append(_curve(number, points, f"{name}: {_short(series[-1])} {chart.unit}", end))
    return "\n".join([*parts, "</svg>", ""])


def _scale(first: float, last: float, begin: float, end: float) -> Scale:
    return lambda value: begin + (value - first) / (last - first) * (end - begin)


def _head(chart: Chart) -> str:
    def rules(which: int) -> str:
        return "".join(f".c{n}{{--c:{pair[which]}}}" for n, pair in enumerate(COLOURS))

    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(chart.title)}" font-family="system-ui, sans-serif" font-size="13">\n'
        f"<style>text{{fill:#1f2933}}.grid{{stroke:#c9d1d9}}{rules(0)}"
        "path,polyline{stroke:var(--c);fill:none;stroke-width:2}path{fill:var(--c)}text.name{fill:var(--c)}"
        f"@media (prefers-color-scheme: dark){{text{{fill:#e3e8ee}}.grid{{stroke:#4a5561}}{rules(1)}}}</style>\n"
        f'<text x="{LEFT}" y="18" font-weight="600">{escape(chart.title)}</text>'
    )


def _axes(chart: Chart, places: Sequence[float], powers: range, y: Scale) -> list[str]:
    parts = []
    for power in powers:
        at = y(power)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        label = f"{_short(10.0**power)} {chart.unit}"
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{label}</text>')
    for size, at in zip(chart.sizes, places, strict=True):
        parts.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,.0f}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">{escape(chart.across)}</text>')
    return parts


def _curve(number: int, points: Sequence[tuple[float, float]], name: str, end: float) -> str:
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    mark = MARKS[number % len(MARKS)]
    marks = "".join(f'<path transform="translate({x:.1f} {y:.1f})" d="{mark}"/>' for x, y in points)
    label = f'<text class="name" x="{points[-1][0] + 12:.1f}" y="{end + 4:.1f}">{escape(name)}</text>'
    return f'<g class="c{number % len(COLOURS)}"><polyline points="{line}"/>{marks}{label}</g>'


def _apart(places: Sequence[float], least: float = 17) -> list[float]:
    """The same places, so far from one another that names beside them do not meet."""
    moved: dict[int, float] = {}
    last = -math.inf
    for number in sorted(range(len(places)), key=places.__getitem__):
        last = moved[number] = max(places[number], last + least)
    return [moved[number] for number in range(len(places))]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
