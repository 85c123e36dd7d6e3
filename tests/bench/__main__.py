"""`python -m bench [NAME...]`: measure all, or those named, and write what came out into docs/benchmarks.md."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from support.postgres import Postgres, binaries_from_environment

from . import (
    branches,
    buildlogs,
    growth,
    history,
    importing,
    ingest,
    jobqueue,
    memory,
    overhead,
    peers,
    report,
    uploads,
    wall,
    watching,
)
from .machine import busy, describe
from .measurement import Measurement, number
from .stage import Stage

BENCHMARKS: dict[str, Callable[[Stage], Measurement]] = {
    "overhead": overhead.measure,
    "main-thread": overhead.measure_main_thread,
    "ingest": ingest.measure_batched,
    "single": ingest.measure_single,
    "latency": wall.measure_latency,
    "page": wall.measure_page,
    "memory": memory.measure,
    "load": growth.measure,
    "timeline": history.measure,
    "uploads": uploads.measure,
    "import": importing.measure,
    "jobqueue": jobqueue.measure,
    "buildlogs": buildlogs.measure,
    "instances": branches.measure_instances,
    "watching": watching.measure,
    "peers": peers.measure,
}


QUIET = 0.15
"""The most that others may use of the machine: beside more, the same code was half as fast."""
PATIENCE = 60
"""Seconds that a benchmark waits for them."""


def main(names: list[str]) -> int:
    """0: all budgets kept; 3: it is too noisy here."""
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"Unknown: {', '.join(unknown)}; known are {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    postgres = Postgres(binaries_from_environment(), settings=())
    measurements = []
    too_noisy = False
    with tempfile.TemporaryDirectory(prefix="livewall-bench-") as directory:
        try:
            postgres.start()
            machine = describe(postgres.url)
            for name in names or BENCHMARKS:
                print(f"{name} ...", flush=True)
                if not _is_quiet():
                    print(
                        f"Too noisy: others use more than {QUIET:.0%} of this machine; NOISY=1 measures all the same."
                    )
                    too_noisy = True
                    break
                try:
                    measurements.append(BENCHMARKS[name](Stage(postgres.url, Path(directory))))
                except pytest.skip.Exception as reason:
                    print(f"{name} is left out: {reason}\n", flush=True)
                else:
                    _print(measurements[-1])
        finally:
            postgres.remove()
    report.keep(machine, measurements, f"{datetime.now(timezone.utc):%Y-%m-%d}", list(BENCHMARKS))
    if too_noisy:
        return 3
    return 0 if all(check.kept for each in measurements for check in each.checks) else 1


def _is_quiet() -> bool:
    """Waits for others, at most `PATIENCE` seconds."""
    return "NOISY" in os.environ or any(busy(2.0) <= QUIET for _ in range(PATIENCE // 2))


def _print(measurement: Measurement) -> None:
    print(report.table(measurement.table))
    for check in measurement.checks:
        kept = "kept" if check.kept else "NOT KEPT"
        print(f"  {check.what}: {number(check.measured)} {check.unit} ({check.words}): {kept}")
    print(flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
