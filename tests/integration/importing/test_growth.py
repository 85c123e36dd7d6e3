"""What a file costs does not grow with the runs there are, nor unseen with what is done for each."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest

from livewall_dashboard.history.queries import QUERIES
from support.import_lab import ImportLab
from support.outputs import Case, Suite
from support.statements import statements

MOST_STATEMENTS = 14
"""For a small new file of names that are known."""
MANY_RUNS = """
    WITH one_setup AS (INSERT INTO setup (name) VALUES ('rig-1') RETURNING id),
         one_configuration AS (INSERT INTO configuration (digest, labels) VALUES ('\\x00', '{}') RETURNING id)
    INSERT INTO run (key, setup_id, configuration_id, started_at, sorted_at, received_at, last_news_at, info)
    SELECT 'run-' || n, one_setup.id, one_configuration.id, at, at, at, at, '{}'
    FROM one_setup, one_configuration, generate_series(1, 20000) AS n,
         LATERAL (SELECT timestamptz '2024-01-01Z' + n * interval '1 hour' AS at) AS time
"""


@pytest.mark.parametrize("options", ["", "(GENERIC_PLAN)"], ids=["of this question", "of all questions"])
@pytest.mark.parametrize("by", ["start", "key"])
def test_a_files_run_is_looked_for_without_going_through_all(database_url: str, by: str, options: str) -> None:
    asked: dict[str, Any] = {"run": "run-7", "start": datetime(2025, 1, 1, tzinfo=timezone.utc)}
    with psycopg.connect(database_url, autocommit=True) as connection:
        if options and connection.info.server_version < 160000:
            pytest.skip("Postgres tells of such a plan since 16")
        connection.execute(MANY_RUNS)
        connection.execute("INSERT INTO process (run_id, no, name, slot, info) SELECT id, 0, '0', '', info FROM run")
        connection.execute("ANALYZE run, process")
        query = QUERIES["runs_like_output"].format(conditions=QUERIES[f"runs_like_output_of_{by}"])
        explain = f"EXPLAIN {options} ".encode() + query.as_bytes(connection)
        plan = "\n".join(line for (line,) in connection.execute(explain, asked, prepare=False))
    assert "Seq Scan on run " not in plan


def test_a_small_file_asks_little_of_postgres(lab: ImportLab) -> None:
    suite = Suite("Shop", suites=[Suite(name, [Case(f"Pay {no}") for no in range(10)]) for name in ("Front", "Back")])
    for day in range(3):
        path = lab.output(suite, after=timedelta(days=day))
        with statements() as told:
            outcome = lab.take_in(path, setup="rig")
    assert outcome.is_new
    assert len(told) <= MOST_STATEMENTS, "\n\n".join(told)
