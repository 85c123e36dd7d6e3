"""A history of made runs, brought in by COPY: as cheap as it can be had in the partitions that the wall makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta, timezone

import psycopg

from livewall_dashboard.history.results import partitions
from livewall_dashboard.history.results.names import pair_digest
from livewall_listener import wire

from . import events

SETUPS = 10
FIRST = datetime(2025, 1, 1, tzinfo=timezone.utc)
EACH = timedelta(hours=1)

NAMES = f"""
    INSERT INTO setup (name) SELECT 'vm-' || n FROM generate_series(1, {SETUPS}) n;
    INSERT INTO configuration (digest, labels) VALUES ('1', '{{}}');
    INSERT INTO tag_set (digest, tags) VALUES ('1', '["smoke"]');
"""
TEST = "INSERT INTO test (digest, longname, name) VALUES (%s, %s, %s)"
RUNS = """
    INSERT INTO run (key, setup_id, configuration_id, name, branch, state, status, verification, total, passed, failed,
                     started_at, sorted_at, received_at, last_news_at, info)
    SELECT 'run-' || n, 1 + n %% %(setups)s, 1, 'Bench', 'b' || n %% 5, 'finished', 'FAIL', 'verified', %(tests)s,
           %(tests)s * 19 / 20, %(tests)s / 20, moment, moment, moment, moment, %(info)s::jsonb
    FROM generate_series(%(first)s::int, %(last)s::int) n,
         LATERAL (SELECT %(begin)s::timestamptz + n * %(each)s::interval AS moment) m
"""
PROCESSES = """
    INSERT INTO process (run_id, no, name, info, ended, verified, total, passed, failed)
    SELECT id, 0, '0', '{}', true, true, total, passed, failed FROM run WHERE id BETWEEN %s AND %s
"""
COPY = """
    COPY result (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message)
    FROM STDIN
"""


def fill(url: str, first: int, last: int, tests: int) -> None:
    """Runs with these numbers, `EACH` one after the other on setups in turn, in each the results of so many tests."""
    with psycopg.connect(url) as connection:
        if first == 1:
            _name(connection, tests)
        values = {"first": first, "last": last, "tests": tests, "begin": FIRST, "each": EACH, "setups": SETUPS}
        values["info"] = json.dumps(asdict(wire.RunInfo(setup="vm")))
        connection.execute(RUNS, values)
        made = connection.execute(
            "SELECT id, started_at FROM run WHERE key ~ '^run-' ORDER BY id OFFSET %s", [first - 1]
        )
        found = made.fetchall()
        connection.execute(PROCESSES, [found[0][0], found[-1][0]])
        partitions.provide(connection, found[-1][0])
        with connection.cursor().copy(COPY) as stream:
            for run_id, started_at in found:
                stream.write("".join(_rows(run_id, started_at, tests)))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _name(connection: psycopg.Connection, tests: int) -> None:
    """The names that results refer to."""
    connection.execute(NAMES)
    names = [events.name(number) for number in range(1, tests + 1)]
    rows = [(pair_digest(f"Bench.{name}", name), f"Bench.{name}", name) for name in names]
    connection.cursor().executemany(TEST, rows)


def _rows(run_id: int, started_at: datetime, tests: int) -> Iterator[str]:
    """One in twenty fails."""
    begun = started_at.isoformat()
    for test in range(1, tests + 1):
        failed = (test + run_id) % 20 == 0
        message = f"Element 'id:button-{test}' did not appear in 5 seconds." if failed else "\\N"
        start = f"{run_id}\t{test}\t{begun}\t{test % 7}.25\t1\t{test}\t{test * 4}"
        yield f"{start}\t0\t{int(failed)}\ts1-t{test}\t{message}\n"
