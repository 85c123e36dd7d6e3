"""What a file costs does not grow with the runs there are: the next of three years is as quick as the first."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import psycopg
import pytest

from livewall_dashboard.history.queries import QUERIES

MANY_RUNS = """
    WITH one_setup AS (INSERT INTO setup (name) VALUES ('rig-1') RETURNING id),
         one_configuration AS (INSERT INTO configuration (digest, labels) VALUES ('\\x00', '{}') RETURNING id)
    INSERT INTO run (key, setup_id, configuration_id, started_at, sorted_at, received_at, last_news_at, info)
    SELECT 'run-' || n, one_setup.id, one_configuration.id, at, at, at, at, '{}'
    FROM one_setup, one_configuration, generate_series(1, 20000) AS n,
         LATERAL (SELECT timestamptz '2024-01-01Z' + n * interval '1 hour' AS at) AS time
"""


@pytest.mark.parametrize("run", [None, "run-7"])
def test_a_files_run_is_looked_for_without_going_through_all(database_url: str, run: str | None) -> None:
    asked: dict[str, Any] = {"run": run, "setup": None, "start": datetime(2025, 1, 1, tzinfo=timezone.utc)}
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(MANY_RUNS)
        connection.execute("INSERT INTO process (run_id, no, name, slot, info) SELECT id, 0, '0', '', info FROM run")
        connection.execute("ANALYZE run, process")
        query = b"EXPLAIN " + QUERIES["runs_like_output"].as_bytes()
        plan = "\n".join(line for (line,) in connection.execute(query, asked, prepare=False))
    assert "Seq Scan on run " not in plan
