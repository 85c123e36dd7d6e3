"""What an event costs as nodes become more, and how many one process takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from support.dashboard import Dashboard

from . import events
from .chart import Chart
from .curve import Limit, meets, power
from .ingest import announce
from .load import Node, Sending, post
from .measurement import Measurement, number, percentile
from .processor_time import Stopwatch
from .screens import plain_screens
from .stage import Stage

SIZES = (50, 200, 500, 1000, 2000)
WANTED = 500
SCREENS = 20
TESTS = 12
"""Two events each; a second for each event, until all nodes have sent theirs."""
KEEPS_UP = 0.95
"""The share of events that are taken in their second, at least, where the wall keeps up."""


@dataclass
class Size:
    """`share`: of a core, that the wall's process used; `kept_up`: the share of events taken in time."""

    nodes: int
    wall: float
    postgres: float
    share: float
    kept_up: float
    lag: float

    def row(self) -> list[str]:
        return [
            f"{self.nodes:,}",
            f"{1e6 * self.wall:.0f} µs",
            f"{1e6 * self.postgres:.0f} µs",
            f"{self.share:.0%}",
            f"{self.kept_up:.0%}",
            f"{1000 * self.lag:.0f} ms",
        ]


def measure(stage: Stage) -> Measurement:
    with stage.dashboard() as dashboard, plain_screens(dashboard.port, SCREENS):
        sizes = [_size(stage, dashboard, nodes) for nodes in SIZES]
    well = [size for size in sizes if size.kept_up >= KEEPS_UP]
    assert len(well) > 1, f"the wall does not even keep up with {SIZES[1]} nodes: {sizes}"
    costs = {"wall": [size.wall for size in well], "Postgres": [size.postgres for size in well]}
    return Measurement(
        name="nodes",
        title="Cost against nodes",
        how="Nodes that report an event a second each, a request for each event, answered after its COMMIT, with "
        f"{SCREENS} screens. Processor time of the wall's process and of Postgres for an event; `taken in time`: of "
        f"what the nodes had to report. Where the wall keeps up ({KEEPS_UP:.0%}), the cost of an event goes with "
        f"nodes^{_power(well, costs['wall'])} in the wall and nodes^{_power(well, costs['Postgres'])} in Postgres: 0 "
        "is the same at any size, what is above it makes all of them together worse than linear.",
        checks=[],
        table=[
            [
                "nodes",
                "wall, an event",
                "Postgres, an event",
                "wall, of a core",
                "taken in time",
                "99 % of replies within",
            ],
            *(size.row() for size in sizes),
        ],
        raw={"sizes": [vars(size) for size in sizes]},
        chart=Chart(
            "Processor time of an event",
            [float(size.nodes) for size in well],
            "µs",
            {name: [1e6 * cost for cost in each] for name, each in costs.items()},
            "nodes that report an event a second",
        ),
        limit=_limit(sizes, well),
    )


def _power(sizes: Sequence[Size], costs: Sequence[float]) -> str:
    return number(power([size.nodes for size in sizes], costs))


def _limit(sizes: Sequence[Size], well: Sequence[Size]) -> Limit:
    """The core is full; or nodes are put off before it is."""
    full = meets([size.nodes for size in well], [size.share for size in well], 1.0)
    behind = next((size.nodes for size in sizes if size.kept_up < KEEPS_UP), None)
    nodes = "nodes that report an event a second"
    if behind is not None and (full is None or full > behind):
        return Limit("the wall falls behind", nodes, float(behind), SIZES[-1], WANTED)
    return Limit("the core of the wall's process is full", nodes, full, SIZES[-1], WANTED)


def _size(stage: Stage, dashboard: Dashboard, nodes: int) -> Size:
    bodies = list(events.batches([*events.opening(TESTS), *events.results(TESTS)], 1))
    runs = [f"run-{nodes}-{node}" for node in range(nodes)]
    for node, run in enumerate(runs):
        announce(dashboard, run, f"vm-{node}")
    senders = [
        Node([post(f"/api/v1/runs/{run}/events", body) for body in bodies], interval=1.0, first=node / nodes)
        for node, run in enumerate(runs)
    ]
    watch, begun = Stopwatch(wall=dashboard.pid, postgres=stage.postgres.pid), time.perf_counter()
    outcome = Sending(dashboard.port, senders).outcome()[0]
    used, seconds = watch.seconds(), time.perf_counter() - begun
    assert not outcome.refused, outcome.refused
    return Size(
        nodes,
        used["wall"] / outcome.replies,
        used["postgres"] / outcome.replies,
        used["wall"] / seconds,
        min(1.0, len(bodies) / outcome.seconds),
        percentile(outcome.latencies, 0.99),
    )
