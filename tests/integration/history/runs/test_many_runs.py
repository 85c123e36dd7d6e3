"""A test that ran more often than is looked at first: its history is the same, however its runs were stored."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import psycopg
import pytest

from livewall_dashboard.history.results import partitions
from livewall_dashboard.history.store import Store
from support.history_lab import Lab, end_test

BEGAN = datetime(2026, 1, 1, tzinfo=timezone.utc)
MANY = 600


def add(lab: Lab, days: list[int]) -> None:
    """Runs that began on these days, in this order; each with the one test."""
    with psycopg.connect(lab.database.url) as connection:
        for day in days:
            began = BEGAN + timedelta(days=day)
            connection.execute(
                "INSERT INTO run (key, setup_id, configuration_id, state, started_at, sorted_at, received_at, "
                "last_news_at, info) SELECT %(key)s, setup_id, configuration_id, 'finished', %(at)s, %(at)s, %(at)s, "
                "%(at)s, info FROM run WHERE key = 'first'",
                {"key": f"day-{day}", "at": began},
            )
        (last,) = connection.execute("SELECT max(id) FROM run").fetchone() or (0,)
        partitions.provide(connection, last)
        connection.execute(
            "INSERT INTO process (run_id, no, name, info) SELECT id, 0, '0', info FROM run WHERE key <> 'first' "
            "ON CONFLICT DO NOTHING"
        )
        connection.execute(
            "INSERT INTO result (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, process_no, status, id) "
            "SELECT run.id, r.test_id, r.start_time, 1, r.tag_set_id, 1, 0, 0, 's1-t1' FROM run, result r "
            "WHERE run.key <> 'first' AND r.run_id = (SELECT id FROM run WHERE key = 'first') "
            "AND NOT EXISTS (SELECT FROM result own WHERE own.run_id = run.id)"
        )


def pages(store: Store, limit: int) -> list[str]:
    """The runs of all pages."""
    found: list[str] = []
    after = None
    while True:
        rows, after = store.test_history("Suite.Test s1-t1", after=after, limit=limit)
        found += [row["run"] for row in rows]
        if after is None:
            return found


@pytest.mark.parametrize(
    "days",
    [
        list(range(1, MANY + 1)),
        [*range(401, MANY + 1), *range(1, 401)],  # the older ones were imported afterwards
        [*range(MANY, 0, -1)],
        [day * 7919 % (MANY + 1) for day in range(1, MANY + 1)],
    ],
    ids=["as they began", "old files came later", "the newest first", "in no order"],
)
def test_the_order_is_that_of_when_runs_began_however_they_were_stored(lab: Lab, store: Store, days: list[int]) -> None:
    lab.process("first", started_at="2020-01-01T00:00:00+00:00", sent_at="").tell(end_test())
    add(lab, days)
    expected = [f"day-{day}" for day in range(MANY, 0, -1)] + ["first"]
    rows, _ = store.test_history("Suite.Test s1-t1", limit=100)
    assert [row["run"] for row in rows] == expected[:100]
    assert pages(store, 300) == expected
