"""Figures -> docs/benchmarks.md and tests/bench/figures.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from .measurement import Measurement, number

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
FIGURES = Path(__file__).parent / "figures.json"

HEAD = """# Benchmarks

Written by `make bench`; do not edit. Every budget is a ratio or a bound taken in one run, with what it is compared to
measured beside it on the same machine. The raw figures are in `tests/bench/figures.json`.
"""


def write(machine: Mapping[str, str], measurements: Sequence[Measurement], date: str) -> None:
    """Both files, anew."""
    raw = {"date": date, "machine": dict(machine), "measurements": [asdict(each) for each in measurements]}
    FIGURES.write_text(json.dumps(raw, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(machine, measurements, date), encoding="utf-8")


def page(machine: Mapping[str, str], measurements: Sequence[Measurement], date: str) -> str:
    parts = [HEAD, f"Measured on {date}: " + "; ".join(f"{name} {value}" for name, value in machine.items()) + ".\n"]
    parts.append("## Budgets\n\n" + table(_summary(measurements)))
    parts += [f"## {each.title}\n\n{each.how}\n\n{table(each.table)}" for each in measurements]
    return "\n".join(parts)


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
