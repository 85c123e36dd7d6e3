"""Figures -> docs/benchmarks.md and tests/bench/figures.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from .chart import svg
from .measurement import Measurement, number

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
FIGURES = Path(__file__).parent / "figures.json"

HEAD = """# Benchmarks

Written by `make bench`; do not edit. Every budget is a ratio or a bound taken in one run, with what it is compared to
measured beside it on the same machine. `make bench BENCH="ingest load"` measures these anew and leaves the others as
they are. The raw figures are in `tests/bench/figures.json`.
"""


@dataclass
class Figures:
    """A measurement, and when and on what it was taken."""

    date: str
    machine: dict[str, str]
    measurement: Measurement


def keep(machine: Mapping[str, str], measurements: Sequence[Measurement], date: str, order: Sequence[str]) -> None:
    """Put these in the place of older ones of the same names; `order` names all that may stand there."""
    kept = {figures.measurement.name: figures for figures in _kept()}
    kept.update({each.name: Figures(date, dict(machine), each) for each in measurements})
    figures = [kept[name] for name in order if name in kept]
    FIGURES.write_text(json.dumps([asdict(each) for each in figures], indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(figures), encoding="utf-8")
    for each in figures:
        if each.measurement.chart is not None:
            chart_file(each.measurement.name).write_text(svg(each.measurement.chart), encoding="utf-8")


def chart_file(name: str) -> Path:
    return PAGE.with_name(f"benchmarks-{name}.svg")


def _kept() -> list[Figures]:
    if not FIGURES.exists():
        return []
    return msgspec.json.decode(FIGURES.read_bytes(), type=list[Figures])


def page(kept: Sequence[Figures]) -> str:
    parts = [HEAD, "## Budgets\n\n" + table(_summary([each.measurement for each in kept]))]
    for each in kept:
        parts.append(f"## {each.measurement.title}\n\n{each.measurement.how}\n\n{table(each.measurement.table)}")
        if each.measurement.chart is not None:
            parts.append(f"![{each.measurement.chart.title}]({chart_file(each.measurement.name).name})\n")
        parts.append(f"Measured on {each.date}.\n")
    parts.append("## Machine\n\n" + "\n".join(_machines(kept)) + "\n")
    return "\n".join(parts)


def _machines(kept: Sequence[Figures]) -> list[str]:
    """What the figures were taken on; a second one only where there was one."""
    texts = {each.measurement.title: "; ".join(f"{n} {v}" for n, v in each.machine.items()) for each in kept}
    if len(set(texts.values())) == 1:
        return [f"{text}." for text in set(texts.values())]
    return [f"- {title}: {text}." for title, text in texts.items()]


def _summary(measurements: Sequence[Measurement]) -> list[list[str]]:
    rows = [["what", "budget", "measured", "kept"]]
    for each in measurements:
        for check in each.checks:
            measured = f"{number(check.measured)} {check.unit}".strip()
            rows.append([check.what, check.words, measured, "yes" if check.kept else "**no**"])
    return rows


def table(rows: Sequence[Sequence[str]]) -> str:
    """GitHub's Markdown; the first row is the heading."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines) + "\n"
