"""Figures -> docs/benchmarks.md, tests/bench/figures.json; `python -m bench.report` writes the page of those kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from . import curve
from .benchmarks import BENCHMARKS
from .budgets import BUDGETS, WHY_MISSED, Budget
from .chart import svg
from .machine import QUIET, Load
from .measurement import Check, Measurement, number

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
FIGURES = Path(__file__).parent / "figures.json"

HEAD = f"""# Benchmarks

Written by `make bench`; do not edit. Every budget is a ratio or a bound taken in one run, with what it is compared to
measured in turn with it, or beside it, on the same machine; of several rounds it is the median, in brackets from the
least to the most. Figures taken while others used more than {QUIET:.0%} of the machine are refused as noisy, unless
they are asked for (`NOISY=1`), and then say so. `make bench BENCH="ingest load"` measures these anew and leaves the
others as they are. The raw figures are in `tests/bench/figures.json`. A machine is not as fast in every hour: "pace"
is the processor time of a fixed piece of Python before and after, by which figures that are no ratios of two sides can
be compared.
"""
NO_REASON = "nobody has found out yet"


@dataclass
class Figures:
    """A measurement, and when, on what, and how quietly it was taken."""

    date: str
    machine: dict[str, str]
    measurement: Measurement
    load: Load | None = None


def keep(*new: Figures) -> None:
    """Put these in the place of older ones of the same names, and write all anew."""
    kept = {figures.measurement.name: figures for figures in [*read(), *new]}
    figures = [kept[name] for name in BENCHMARKS if name in kept]
    FIGURES.write_text(json.dumps([asdict(each) for each in figures], indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(figures), encoding="utf-8")
    for each in figures:
        if each.measurement.chart is not None:
            chart_file(each.measurement.name).write_text(svg(each.measurement.chart), encoding="utf-8")


def chart_file(name: str) -> Path:
    return PAGE.with_name(f"benchmarks-{name}.svg")


def read() -> list[Figures]:
    """The figures that were kept."""
    if not FIGURES.exists():
        return []
    return msgspec.json.decode(FIGURES.read_bytes(), type=list[Figures])


def page(kept: Sequence[Figures]) -> str:
    parts = [HEAD, "## Budgets\n\n" + table(budget_rows(kept))]
    if any(each.measurement.limit for each in kept):
        parts.append("## How cost grows, and what ends first\n\n" + growth(kept))
    parts += map(_section, kept)
    parts.append("## Machine\n\n" + "\n".join(_machines(kept)) + "\n")
    return "\n".join(parts)


def budget_rows(kept: Sequence[Figures]) -> list[list[str]]:
    """One for each budget there is, measured or not."""
    checks = {check.budget: (check, each.load) for each in kept for check in each.measurement.checks}
    rows = [["what", "budget", "measured", "kept", "why not"]]
    for name, budget in BUDGETS.items():
        rows.append([budget.what, words(budget), *_verdict(name, budget, *checks.get(name, (None, None)))])
    return rows


def _verdict(name: str, budget: Budget, check: Check | None, load: Load | None) -> tuple[str, str, str]:
    """What was measured, whether it is kept, why not."""
    if check is None:
        return "", "not measured", "" if budget.benchmark else "not built yet"
    measured = f"{_told_apart(check.measured, budget.limit)} {budget.unit}".strip()
    if check.low is not None and check.high is not None:
        measured += f" ({number(check.low)} to {number(check.high)})"
    if load is not None and load.is_noisy:
        measured += ", noisy"
    if budget.is_kept(check.measured):
        return measured, "yes", ""
    return measured, "**no**", WHY_MISSED.get(name, NO_REASON)


def _told_apart(value: float, limit: float) -> str:
    """So many digits that who misses a budget by a hair does not seem to keep it."""
    texts = [number(value), *(f"{value:,.{digits}g}" for digits in range(4, 18))]
    return next(text for text in texts if text != number(limit) or value == limit)


def words(budget: Budget) -> str:
    return f"{'at most' if budget.at_most else 'at least'} {number(budget.limit)} {budget.unit}".strip()


def growth(kept: Sequence[Figures]) -> str:
    """What each curve comes to, and which end is met first."""
    grown = [each.measurement for each in kept if each.measurement.limit is not None]
    limits = [each.limit for each in grown if each.limit is not None]
    nearest = curve.first(limits)
    lines = [
        f"- [{each.title}](#{anchor(each.title)}): {each.limit.words}." for each in grown if each.limit is not None
    ]
    said = "None is in sight." if nearest.at is None else f"The first limit of a lab that grows: **{nearest.words}**."
    return "\n".join([said, "", *lines, ""])


def anchor(title: str) -> str:
    """As GitHub makes it."""
    return "".join(letter for letter in title.lower().replace(" ", "-") if letter.isalnum() or letter in "-_")


def _section(each: Figures) -> str:
    measurement = each.measurement
    parts = [f"## {measurement.title}\n\n{measurement.how}\n\n{table(measurement.table)}"]
    if measurement.chart is not None:
        parts.append(f"![{measurement.chart.title}]({chart_file(measurement.name).name})\n")
    loud = f"; {each.load.words}" if each.load else ""
    parts.append(f"Measured on {each.date}{loud}.\n")
    return "\n".join(parts)


def _machines(kept: Sequence[Figures]) -> list[str]:
    """What the figures were taken on, each machine once."""
    titles: dict[str, list[str]] = {}
    for each in kept:
        text = "; ".join(f"{name} {value}" for name, value in each.machine.items())
        titles.setdefault(text, []).append(each.measurement.title)
    if len(titles) == 1:
        return [f"{text}." for text in titles]
    return [f"- {text}: {', '.join(of)}." for text, of in titles.items()]


def table(rows: Sequence[Sequence[str]]) -> str:
    """GitHub's Markdown; the first row is the heading."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    keep()
