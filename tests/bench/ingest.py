"""Durable ingest against bare COPY, and single-event requests against an empty Flask endpoint."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import psycopg

from support.dashboard import Dashboard

from . import events
from .load import Node, Outcome, post, send_all
from .measurement import Measurement, in_turn, median, number, over_rounds, percentile, ratios, spread
from .processor_time import Stopwatch
from .stage import Stage

NODES, TESTS, BATCH = 50, 4000, 500
COPY_BATCH = 10_000
SINGLE_NODES, SINGLE_TESTS = 200, 40
BATCHED_ROUNDS, SINGLE_ROUNDS = 5, 5


@dataclass
class Rounds:
    """Of one side: what it did a second, and processor seconds of the server and of Postgres for each, by round."""

    rates: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, done: int, seconds: float, used: Mapping[str, float]) -> None:
        self.rates.append(done / seconds)
        self.server.append(used.get("server", 0.0) / done)
        self.postgres.append(used["postgres"] / done)

    @property
    def p99(self) -> str:
        return f"{1000 * percentile([each for outcome in self.outcomes for each in outcome.latencies], 0.99):.0f} ms"

    @property
    def processor(self) -> list[str]:
        """Microseconds of the server and of Postgres for each."""
        return [f"{1e6 * median(each):.1f} µs" if any(each) else "" for each in (self.server, self.postgres)]

    def raw(self) -> dict[str, list[float]]:
        return {"a second": self.rates, "server": self.server, "postgres": self.postgres}


def measure_batched(stage: Stage) -> Measurement:
    ours, copied = Rounds(), Rounds()
    for round_ in range(BATCHED_ROUNDS):
        for side in in_turn(round_, partial(_send_round, stage, ours), partial(_copy_round, stage, copied)):
            side()
    share = ratios(ours.rates, copied.rates)
    return Measurement(
        name="ingest",
        title="Durable ingest",
        how=f"{NODES} nodes at once, each a run of {TESTS:,} tests (start and end of each: {_events():,} events in "
        f"all) in batches of {BATCH}; every reply comes after the COMMIT. Beside it binary COPY of as many result "
        f"rows over one connection in transactions of {COPY_BATCH:,}, into a table of the same columns and indexes. "
        f"fsync is on. Medians of {BATCHED_ROUNDS} rounds in turns, and processor time for an event or a row; COPY's "
        "server is the program that writes the rows.",
        checks=[over_rounds("ingest", ours.rates), over_rounds("ingest-of-copy", share)],
        table=[
            ["what", "a second", "99 % of replies within", "processor, server", "Postgres"],
            ["events acknowledged", number(median(ours.rates)), ours.p99, *ours.processor],
            ["of these, results stored", number(median(ours.rates) * NODES * TESTS / _events()), "", "", ""],
            ["rows by bare COPY", number(median(copied.rates)), "", *copied.processor],
        ],
        raw={
            "livewall": ours.raw(),
            "copy": copied.raw(),
            "events": _events(),
            "replies of 503": [outcome.put_off for outcome in ours.outcomes],
        },
    )


def _events() -> int:
    return NODES * len([*events.opening(TESTS), *events.results(TESTS)])


def _send_round(stage: Stage, rounds: Rounds) -> None:
    with stage.dashboard() as dashboard:
        nodes = _batched(dashboard)
        send_to(stage, dashboard.port, dashboard.pid, nodes, rounds, _events())
        with psycopg.connect(dashboard.database_url) as connection:
            row = connection.execute("SELECT count(*) FROM result").fetchone()
        assert row == (NODES * TESTS,), f"{row} results stored"


def _batched(dashboard: Dashboard) -> list[Node]:
    """Nodes whose runs are known, and what they send."""
    bodies = list(events.batches([*events.opening(TESTS), *events.results(TESTS)], BATCH))
    nodes = []
    for number_ in range(NODES):
        announce(dashboard, f"node-{number_}")
        nodes.append(Node([post(f"/api/v1/runs/node-{number_}/events", body) for body in bodies]))
    return nodes


def announce(dashboard: Dashboard, run: str, setup: str = "") -> None:
    """Make the run known; of a setup of the same name, unless one is given."""
    status, body, _ = dashboard.request("PUT", f"/api/v1/runs/{run}", events.run_info(setup or run))
    assert status == 200, body


COLUMNS = "run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message, source"
TYPES = ("int4", "int4", "timestamptz", "float8", "int4", "int4", "int4", "int2", "int2", "text", "text", "text")


def _copy_round(stage: Stage, rounds: Rounds) -> None:
    """Binary COPY into a twin of the result table."""
    rows = [
        (run, n, events.BEGIN + timedelta(seconds=n), 0.25, 1, n, n, 0, 0, f"s1-t{n}", None, None)
        for run in range(NODES)
        for n in range(TESTS)
    ]
    with stage.database() as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE twin (LIKE result INCLUDING ALL)")
        connection.commit()
        watch, own, begun = Stopwatch(postgres=stage.postgres.pid), time.process_time(), time.perf_counter()
        for first in range(0, len(rows), COPY_BATCH):
            with connection.cursor().copy(f"COPY twin ({COLUMNS}) FROM STDIN (FORMAT BINARY)".encode()) as copy:
                copy.set_types(TYPES)
                for row in rows[first : first + COPY_BATCH]:
                    copy.write_row(row)
            connection.commit()
        seconds = time.perf_counter() - begun
        rounds.add(len(rows), seconds, {"server": time.process_time() - own, **watch.seconds()})


def measure_single(stage: Stage) -> Measurement:
    bodies = list(events.batches([*events.opening(SINGLE_TESTS), *events.results(SINGLE_TESTS)], 1))
    ours, empty = Rounds(), Rounds()
    with stage.dashboard() as dashboard, stage.bare_server() as bare:
        for round_ in range(SINGLE_ROUNDS):
            for side in in_turn(round_, ours, empty):
                if side is ours:
                    _send_singles(stage, dashboard, bodies, round_, ours)
                else:
                    nodes = [Node([post("/empty", body) for body in bodies])] * SINGLE_NODES
                    send_to(stage, bare.port, bare.pid, nodes, empty)
    processor = ratios(ours.server, empty.server)
    return Measurement(
        name="single",
        title="Single-event requests",
        how=f"{SINGLE_NODES} nodes at once, {len(bodies)} requests each, one event a request; every reply comes "
        "after the COMMIT of its event. Beside it an empty Flask endpoint under the same server (eventlet's), which "
        f"only reads the same bodies. Medians of {SINGLE_ROUNDS} rounds in turns, and processor time for a request. "
        f"By processor time of the server a request costs {spread(processor)} x an empty one.",
        checks=[over_rounds("single", ratios(ours.rates, empty.rates))],
        table=[
            ["what", "requests a second", "99 % of replies within", "processor, server", "Postgres"],
            ["livewall, durable", number(median(ours.rates)), ours.p99, *ours.processor],
            ["an empty Flask endpoint", number(median(empty.rates)), empty.p99, empty.processor[0], ""],
        ],
        raw={"livewall": ours.raw(), "empty": empty.raw()},
    )


def _send_singles(stage: Stage, dashboard: Dashboard, bodies: list[bytes], round_: int, rounds: Rounds) -> None:
    runs = [f"node-{number_}-{round_}" for number_ in range(SINGLE_NODES)]
    for number_, run in enumerate(runs):
        announce(dashboard, run, f"node-{number_}")
    nodes = [Node([post(f"/api/v1/runs/{run}/events", body) for body in bodies]) for run in runs]
    send_to(stage, dashboard.port, dashboard.pid, nodes, rounds)


def send_to(stage: Stage, port: int, pid: int, nodes: list[Node], rounds: Rounds, count: int | None = None) -> None:
    """`count`: of what the rounds count, where that is not requests."""
    watch = Stopwatch(server=pid, postgres=stage.postgres.pid)
    outcome = send_all(port, nodes)
    assert not outcome.refused, outcome.refused
    rounds.add(count or outcome.replies, outcome.seconds, watch.seconds())
    rounds.outcomes.append(outcome)
