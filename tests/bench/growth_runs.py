"""What a registration costs as runs become more: those that the history holds, and those that are on the wall."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import psycopg

from livewall_dashboard.history.results import partitions
from livewall_listener import wire
from support.dashboard import Dashboard

from .chart import Chart
from .curve import Limit, meets, power
from .ingest import announce
from .measurement import Measurement, number, percentile
from .processor_time import Stopwatch
from .stage import Stage

SIZES = (1_000, 10_000, 100_000)
SHOWN = (1_000, 10_000)
SETUPS = 200
"""Of runs of the history; on the wall each setup has one."""
REGISTRATIONS = 300
IDLE = 5.0
PATIENCE = 300.0
"""Seconds that its start may take."""
DEAR = 0.1
"""Processor seconds that one registration may cost: at most ten nodes a second could begin runs."""

# As they are left by nodes: of each a process that has ended, and no results, which are another curve's.
FILL = (
    "INSERT INTO setup (name) SELECT 'vm-' || n FROM generate_series(1, %(setups)s) n",
    "INSERT INTO configuration (digest, labels) VALUES ('1', '{}')",
    """
    INSERT INTO run (key, setup_id, configuration_id, name, branch, state, status, verification, total, passed,
                     started_at, sorted_at, received_at, last_news_at, ended_at, info)
    SELECT 'old-' || n, 1 + n %% %(setups)s, (SELECT min(id) FROM configuration), 'Bench', 'main', 'finished', 'PASS',
           'verified', 1, 1, moment, moment, moment, moment, moment, %(info)s::jsonb
    FROM generate_series(1, %(runs)s) n, LATERAL (SELECT now() - (%(runs)s - n) * interval '1 minute' AS moment) m
    """,
    """
    INSERT INTO process (run_id, no, name, info, ended, verified, total, passed)
    SELECT id, 0, '0', '{}', true, true, 1, 1 FROM run
    """,
)


@dataclass
class Size:
    """Of one registration, in seconds. `start`: until the wall is well after its start; `idle`: its share of a core
    while nobody asks.
    """

    runs: int
    wall: float
    postgres: float
    slowest: float
    start: float
    idle: float


def measure(stage: Stage) -> Measurement:
    stored = [_size(stage, runs, SETUPS) for runs in SIZES]
    shown = [_size(stage, runs, runs) for runs in SHOWN]
    costs = [size.wall + size.postgres for size in stored]
    return Measurement(
        name="runs",
        title="Cost against runs known",
        how=f"{REGISTRATIONS} new runs are registered, one after the other, in a wall that was started over so many "
        f"runs: of {SETUPS} setups, so that nearly all of them are in the history alone; then each of a setup of its "
        "own, so that the wall shows them all, as where hosts come and go and nothing makes it forget them. The cost "
        f"of a registration goes with runs in the history^{number(power(SIZES, costs))}: 0 is the same at any size, 1 "
        "in proportion.",
        checks=[],
        table=[
            ["", "runs", "wall, a registration", "Postgres", "99 % within", "wall's start", "wall while nobody asks"],
            *(_row("in the history", size) for size in stored),
            *(_row("on the wall", size) for size in shown),
        ],
        raw={"stored": [vars(size) for size in stored], "shown": [vars(size) for size in shown]},
        chart=Chart(
            "Processor time of a registration",
            list(map(float, SIZES)),
            "ms",
            {
                "wall": [1000 * size.wall for size in stored],
                "Postgres": [1000 * size.postgres for size in stored],
            },
            "runs in the history",
        ),
        limit=Limit(
            f"a registration costs more than {1000 * DEAR:.0f} ms of processor time",
            "runs known",
            meets(SIZES, costs, DEAR),
            SIZES[-1],
            SIZES[-1],
        ),
    )


def _row(name: str, size: Size) -> list[str]:
    times = [f"{1000 * each:.2f} ms" for each in (size.wall, size.postgres, size.slowest)]
    return [name, f"{size.runs:,}", *times, f"{size.start:.1f} s", f"{size.idle:.0%} of a core"]


def _size(stage: Stage, runs: int, setups: int) -> Size:
    with _wall_over(stage, runs, setups) as (dashboard, start):
        idle = _idle(dashboard)
        watch, taken = Stopwatch(wall=dashboard.pid, postgres=stage.postgres.pid), []
        for number_ in range(REGISTRATIONS):
            begun = time.perf_counter()
            announce(dashboard, f"new-{number_}", f"vm-{1 + number_ % SETUPS}")
            taken.append(time.perf_counter() - begun)
        used = {name: seconds / REGISTRATIONS for name, seconds in watch.seconds().items()}
    return Size(runs, used["wall"], used["postgres"], percentile(taken, 0.99), start, idle)


@contextmanager
def _wall_over(stage: Stage, runs: int, setups: int) -> Iterator[tuple[Dashboard, float]]:
    """A dashboard that was started over so many runs, and the seconds that took."""
    with stage.dashboard() as dashboard:
        dashboard.stop()
        with psycopg.connect(dashboard.database_url) as connection:
            info = json.dumps(asdict(wire.RunInfo(setup="vm")))
            for statement in FILL:
                connection.execute(statement, {"runs": runs, "setups": setups, "info": info})
            partitions.provide(connection, runs)
        with psycopg.connect(dashboard.database_url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        begun = time.perf_counter()
        dashboard.start(wait=False)
        dashboard.wait_healthy(PATIENCE)
        yield dashboard, time.perf_counter() - begun


def _idle(dashboard: Dashboard) -> float:
    watch, begun = Stopwatch(wall=dashboard.pid), time.perf_counter()
    time.sleep(IDLE)
    return watch.seconds()["wall"] / (time.perf_counter() - begun)
