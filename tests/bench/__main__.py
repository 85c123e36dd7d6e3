"""`python -m bench [NAME...]`: measure all, or those named, and write what came out into docs/benchmarks.md."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

import pytest

from support.postgres import Postgres, binaries_from_environment

from . import disk, report
from .benchmarks import BENCHMARKS, load
from .budgets import BUDGETS
from .machine import QUIET, LoadWatch, describe, is_quiet
from .processor_time import adopt_orphans
from .report import Figures
from .stage import Stage

PATIENCE = 60
"""Seconds that a benchmark waits for others to leave the machine alone."""
LOOK = 2.0
KEPT, MISSED, UNKNOWN, NOISY, FAILED = range(5)
"""What it ends with: all budgets kept, some missed, no such benchmark, some refused as too noisy, some failed."""


class Noisy(Exception):
    """Others use the machine."""


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"Unknown: {', '.join(unknown)}; known are {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return UNKNOWN
    adopt_orphans()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    tempfile.tempdir = str(disk.folder())
    postgres = Postgres(binaries_from_environment(), settings=())
    with tempfile.TemporaryDirectory(prefix="livewall-bench-") as directory:
        try:
            postgres.start()
            return _measure_all(names or list(BENCHMARKS), Stage(postgres, Path(directory)))
        finally:
            postgres.remove()


def _measure_all(names: Sequence[str], stage: Stage) -> int:
    """Those for which it was too noisy have a second try, after all others."""
    machine = describe(stage.postgres.url)
    ends: dict[str, int] = {}
    for name in [*names, *names]:
        if ends.get(name, NOISY) == NOISY:
            ends[name] = _measure(name, stage, machine)
    noisy = [name for name, end in ends.items() if end == NOISY]
    if noisy:
        print(f"Refused as noisy: {' '.join(noisy)}. NOISY=1 measures all the same, and says so.")
    return max(ends.values(), default=KEPT)


def _measure(name: str, stage: Stage, machine: Mapping[str, str]) -> int:
    """Write down what came out at once: what is measured for an hour may be ended in the middle."""
    print(f"{name} ...", flush=True)
    begun = time.perf_counter()
    try:
        figures = _figures(name, stage, machine)
    except pytest.skip.Exception as reason:
        print(f"{name} is left out: {reason}\n", flush=True)
        return KEPT
    except Noisy as reason:
        print(f"{name} is refused: {reason}\n", flush=True)
        return NOISY
    except Exception:  # the others are worth having
        traceback.print_exc()
        return FAILED
    report.keep(figures)
    _print(figures, time.perf_counter() - begun)
    return KEPT if all(BUDGETS[each.budget].is_kept(each.measured) for each in figures.measurement.checks) else MISSED


def _figures(name: str, stage: Stage, machine: Mapping[str, str]) -> Figures:
    is_asked_for = "NOISY" in os.environ
    if not is_asked_for and not any(is_quiet(LOOK) for _ in range(int(PATIENCE / LOOK))):
        raise Noisy(f"others use more than {QUIET:.0%} of this machine")
    watch = LoadWatch()
    measurement = load(name)(stage)
    quiet = watch.load()
    if quiet.is_noisy and not is_asked_for:
        raise Noisy(quiet.words)
    return Figures(f"{datetime.now(timezone.utc):%Y-%m-%d}", dict(machine), measurement, quiet)


def _print(figures: Figures, seconds: float) -> None:
    print(report.table(figures.measurement.table))
    for row in report.budget_rows([figures]):
        if row[1] and row[2] and row[0] != "what":
            print("  " + "; ".join(filter(None, row)))
    if figures.measurement.limit:
        print(f"  {figures.measurement.limit.words}")
    print(f"  {seconds:.0f} s" + (f"; {figures.load.words}" if figures.load else "") + "\n", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
