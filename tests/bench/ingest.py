"""Durable ingest against bare COPY, and single-event requests against an empty Flask endpoint."""

from __future__ import annotations

import time
from datetime import timedelta

import psycopg

from support.dashboard import Dashboard

from . import events
from .load import Node, Outcome, post, send_all
from .measurement import Check, Measurement, median, number, percentile
from .stage import Stage

NODES, TESTS, BATCH = 50, 4000, 500
COPY_BATCH = 10_000
SINGLE_NODES, SINGLE_TESTS = 200, 40
ROUNDS = 3


def measure_batched(stage: Stage) -> Measurement:
    outcomes, copied = [], []
    for _ in range(ROUNDS):
        with stage.dashboard() as dashboard:
            outcomes.append(_send_batched(dashboard))
            with psycopg.connect(dashboard.database_url) as connection:
                row = connection.execute("SELECT count(*) FROM result").fetchone()
            assert row == (NODES * TESTS,), f"{row} results stored"
        copied.append(_copy(stage))
    count = NODES * len([*events.opening(TESTS), *events.results(TESTS)])
    rate, copy_rate = median([count / outcome.seconds for outcome in outcomes]), median(copied)
    return Measurement(
        name="ingest",
        title="Durable ingest",
        how=f"{NODES} nodes at once, each a run of {TESTS:,} tests (start and end of each: {count:,} events in all) "
        f"in batches of {BATCH}; every reply comes after the COMMIT. Beside it binary COPY of as many result rows over "
        f"one connection in transactions of {COPY_BATCH:,}, into a table of the same columns and indexes. fsync is on. "
        f"Medians of {ROUNDS} rounds.",
        checks=[
            Check("durable ingest, batched, 50 nodes", rate, 30_000, "events/s", at_most=False),
            Check("the same, of bare COPY", rate / copy_rate, 0.3, "x", at_most=False),
        ],
        table=[
            ["what", "a second", "99 % of replies within"],
            ["events acknowledged", number(rate), f"{_p99(outcomes):.0f} ms"],
            ["of these, results stored", number(rate * NODES * TESTS / count), ""],
            ["rows by bare COPY", number(copy_rate), ""],
        ],
        raw={
            "seconds": [outcome.seconds for outcome in outcomes],
            "replies of 503": [outcome.put_off for outcome in outcomes],
            "events": count,
            "copy rows a second": copied,
        },
    )


def _send_batched(dashboard: Dashboard) -> Outcome:
    bodies = list(events.batches([*events.opening(TESTS), *events.results(TESTS)], BATCH))
    nodes = []
    for number_ in range(NODES):
        announce(dashboard, f"node-{number_}")
        nodes.append(Node([post(f"/api/v1/runs/node-{number_}/events", body) for body in bodies]))
    outcome = send_all(dashboard.port, nodes)
    assert not outcome.refused, outcome.refused
    return outcome


def announce(dashboard: Dashboard, name: str) -> None:
    """Make the run `name` of the setup `name` known."""
    status, body, _ = dashboard.request("PUT", f"/api/v1/runs/{name}", events.run_info(name))
    assert status == 200, body


COLUMNS = "run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message, source"
TYPES = ("int4", "int4", "timestamptz", "float8", "int4", "int4", "int4", "int2", "int2", "text", "text", "text")


def _copy(stage: Stage) -> float:
    """Rows a second of binary COPY into a twin of the result table."""
    rows = [
        (run, n, events.BEGIN + timedelta(seconds=n), 0.25, 1, n, n, 0, 0, f"s1-t{n}", None, None)
        for run in range(NODES)
        for n in range(TESTS)
    ]
    with stage.database() as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE twin (LIKE result INCLUDING ALL)")
        connection.commit()
        begun = time.perf_counter()
        for first in range(0, len(rows), COPY_BATCH):
            with connection.cursor().copy(f"COPY twin ({COLUMNS}) FROM STDIN (FORMAT BINARY)".encode()) as copy:
                copy.set_types(TYPES)
                for row in rows[first : first + COPY_BATCH]:
                    copy.write_row(row)
            connection.commit()
        return len(rows) / (time.perf_counter() - begun)


def measure_single(stage: Stage) -> Measurement:
    bodies = list(events.batches([*events.opening(SINGLE_TESTS), *events.results(SINGLE_TESTS)], 1))
    single, empty = [], []
    for _ in range(ROUNDS):
        with stage.dashboard() as dashboard:
            for number_ in range(SINGLE_NODES):
                announce(dashboard, f"node-{number_}")
            nodes = [
                Node([post(f"/api/v1/runs/node-{number_}/events", body) for body in bodies])
                for number_ in range(SINGLE_NODES)
            ]
            single.append(send_all(dashboard.port, nodes))
        with stage.bare_server() as url:
            nodes = [Node([post("/empty", body) for body in bodies])] * SINGLE_NODES
            empty.append(send_all(int(url.rpartition(":")[2]), nodes))
    assert not any(outcome.refused for outcome in single + empty)
    ours, bare = (median([each.replies / each.seconds for each in outcomes]) for outcomes in (single, empty))
    return Measurement(
        name="single",
        title="Single-event requests",
        how=f"{SINGLE_NODES} nodes at once, {len(bodies)} requests each, one event a request; every reply comes after "
        "the COMMIT of its event. Beside it an empty Flask endpoint under the same server (eventlet's), which only "
        f"reads the same bodies. Medians of {ROUNDS} rounds.",
        checks=[Check("single-event requests, of an empty Flask endpoint", ours / bare, 0.9, "x", at_most=False)],
        table=[
            ["what", "requests a second", "99 % of replies within"],
            ["livewall, durable", number(ours), f"{_p99(single):.0f} ms"],
            ["an empty Flask endpoint", number(bare), f"{_p99(empty):.0f} ms"],
        ],
        raw={
            "livewall": [each.replies / each.seconds for each in single],
            "empty": [each.replies / each.seconds for each in empty],
        },
    )


def _p99(outcomes: list[Outcome]) -> float:
    return 1000 * percentile([latency for outcome in outcomes for latency in outcome.latencies], 0.99)
