"""The history of one test, as results gather."""

from __future__ import annotations

import random
import time
from urllib.parse import urlencode

import psycopg

from livewall_dashboard.history import partitions
from livewall_dashboard.history.names import pair_digest
from support.dashboard import Dashboard

from . import events
from .measurement import Check, Measurement, median, percentile
from .stage import Stage

LIMIT = 100
FEW, MANY = (100, 1000), (2000, 5000)
"""Runs and tests of each: 100,000 and 10 million results. Every test has at least `LIMIT` of them."""
REQUESTS = 300
SEED = 1

NAMES = """
    INSERT INTO setup (name) SELECT 'vm-' || n FROM generate_series(1, 10) n;
    INSERT INTO configuration (digest, labels) VALUES ('1', '{}');
    INSERT INTO tag_set (digest, tags) VALUES ('1', '["smoke"]');
    INSERT INTO suite (digest, longname, name) VALUES ('1', 'Bench', 'Bench');
"""
TEST = "INSERT INTO test (digest, longname, name) VALUES (%(digest)s, %(longname)s, %(name)s)"
RUNS = """
    INSERT INTO run (key, setup_id, configuration_id, name, state, status, verification, started_at, sorted_at,
                     received_at, last_news_at, info)
    SELECT 'run-' || n, 1 + n %% 10, 1, 'Bench', 'finished', 'FAIL', 'verified', moment, moment, moment, moment, '{}'
    FROM generate_series(1, %(runs)s) n, LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 hour' AS moment) m;
    INSERT INTO process (run_id, no, name, info) SELECT id, 0, '0', '{}' FROM run;
"""
RESULTS = """
    INSERT INTO result (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id,
                        message)
    SELECT run.id, t, run.started_at + t * interval '1 second', random(), 1, t, t, 0, (random() < 0.05)::int,
           's1-t' || t, CASE WHEN random() < 0.05 THEN 'Element ''id:button'' did not appear in 5 seconds.' END
    FROM run, generate_series(1, %(tests)s) t
"""


def measure(stage: Stage) -> Measurement:
    few, many = _times(stage, *FEW), _times(stage, *MANY)
    rows = [["results stored", "median", "95 %", "worst"]]
    for (runs, tests), times in ((FEW, few), (MANY, many)):
        figures = (median(times), percentile(times, 0.95), max(times))
        rows.append([f"{runs * tests:,}", *(f"{figure:.1f} ms" for figure in figures)])
    p95 = percentile(many, 0.95)
    return Measurement(
        name="timeline",
        title="Timeline of one test",
        how=f"`GET /api/v1/tests/history?longname=...&limit={LIMIT}` for {REQUESTS} tests taken at random, one after "
        "the other, over HTTP, each of a test not asked for before; the results are made by SQL.",
        checks=[
            Check("timeline of one test, 10 million results stored, 95 %", p95, 50, "ms"),
            Check("the same, to 100,000 results", p95 / percentile(few, 0.95), 2, "x"),
        ],
        table=rows,
        raw={"few": few, "many": many},
    )


def _times(stage: Stage, runs: int, tests: int) -> list[float]:
    """Milliseconds of each request."""
    with stage.dashboard() as dashboard:
        _fill(dashboard.database_url, runs, tests)
        chosen = random.Random(SEED).sample(range(1, tests + 1), REQUESTS)
        return [_request(dashboard, f"Bench.{events.name(number)}") for number in chosen]


def _request(dashboard: Dashboard, longname: str) -> float:
    path = f"/api/v1/tests/history?{urlencode({'longname': longname, 'limit': LIMIT})}"
    begun = time.perf_counter()
    answer = dashboard.get(path)
    elapsed = time.perf_counter() - begun
    (rows,) = (value for value in answer.values() if isinstance(value, list))
    assert len(rows) == LIMIT, f"{len(rows)} results of {longname}"
    return elapsed * 1000


def _fill(url: str, runs: int, tests: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(NAMES)
        connection.cursor().executemany(TEST, [_test(events.name(number)) for number in range(1, tests + 1)])
        for statement in RUNS.split(";\n"):
            if statement.strip():
                connection.execute(statement.encode(), {"runs": runs})
        partitions.provide(connection, runs)
        connection.execute(RESULTS, {"tests": tests})
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _test(name: str) -> dict[str, object]:
    longname = f"Bench.{name}"
    return {"digest": pair_digest(longname, name), "longname": longname, "name": name}
