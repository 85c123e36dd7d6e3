"""What the dashboard holds in memory when every setup of a large lab runs a large run."""

from __future__ import annotations

import psutil

from . import events
from .ingest import announce
from .load import Node, post, send_all
from .measurement import Check, Measurement
from .stage import Stage

SETUPS, TESTS, BATCH = 200, 5000, 1000
AT_ONCE = 4


def measure(stage: Stage) -> Measurement:
    with stage.dashboard() as dashboard:
        process = psutil.Process(dashboard.pid)
        idle = _megabytes(process)
        run = [*events.opening(TESTS), *events.results(TESTS, starts=False)]
        bodies = list(events.batches(run, BATCH))
        for number in range(SETUPS):
            announce(dashboard, f"vm-{number}")
        nodes = [Node([post(f"/api/v1/runs/vm-{number}/events", body) for body in bodies]) for number in range(SETUPS)]
        # One after the other, as runs of hours do: what is measured is what they leave, not a burst on its way.
        seconds = 0.0
        for group in range(0, SETUPS, AT_ONCE):
            outcome = send_all(dashboard.port, nodes[group : group + AT_ONCE])
            assert not outcome.refused, outcome.refused
            seconds += outcome.seconds
        live = _megabytes(process)
        counts = [tile["counts"]["total"] for tile in dashboard.get("/api/v1/live")["setups"]]
        assert counts == [TESTS] * SETUPS, counts
    return Measurement(
        name="memory",
        title="Memory of the dashboard",
        how=f"{SETUPS} setups, each in a run of {TESTS:,} tests that were planned by name and have "
        "all ended, a few setups reporting at a time; resident "
        "memory of the dashboard's process (Postgres apart).",
        checks=[Check("memory", live)],
        table=[["when", "resident memory"], ["started, empty", f"{idle:.0f} MB"], ["all live", f"{live:.0f} MB"]],
        raw={"idle": idle, "live": live, "ingest seconds": seconds},
    )


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss / 1e6)
