"""What a probe leaves in the database, and its removal: the history keeps no probe."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.live import PROBE_SETUP
from livewall_dashboard.postgres.database import Database

_OLD = "interval '10 minutes'"
"""A probe takes seconds: what is older was left by a killed one."""

_RUNS = f"""
SELECT run.id FROM run JOIN setup ON setup.id = run.setup_id
WHERE setup.name = %s AND (run.key = %s OR run.last_news_at < now() - {_OLD})
"""  # noqa: S608 - a constant
_REMOVE_RUNS = (
    "DELETE FROM result WHERE run_id = ANY (%s)",
    "DELETE FROM suite_result WHERE run_id = ANY (%s)",
    "DELETE FROM run WHERE id = ANY (%s)",
)
_REMOVE_DURATIONS = "DELETE FROM test_duration WHERE setup_id = (SELECT id FROM setup WHERE name = %s)"
_REMOVE_TOKENS = f"DELETE FROM token WHERE name = ANY (%s) OR (name LIKE 'probe-%%' AND created_at < now() - {_OLD})"  # noqa: S608


@contextmanager
def keys(database: Database) -> Iterator[tuple[str, str]]:
    """Tokens of the probe's own for its length: to report a run, and to be a screen."""
    name = f"probe-{secrets.token_hex(8)}"
    names = [f"{name}-{scope}" for scope in ("ingest", "read")]
    tokens = TokenStore(database)
    try:
        yield tokens.create(names[0], "ingest"), tokens.create(names[1], "read")
    finally:
        with database.connection() as connection:
            connection.execute(_REMOVE_TOKENS, [names])


def is_finished(database: Database, run_id: str) -> bool:
    """Whether the last thing there is to store of the run is stored."""
    with database.connection() as connection:
        row = connection.execute("SELECT state FROM run WHERE key = %s", [run_id]).fetchone()
    return row is not None and row["state"] == "finished"


def remove_run(database: Database, run_id: str) -> None:
    """Remove the run, and what killed probes left."""
    with database.connection() as connection, connection.transaction():
        runs = [row["id"] for row in connection.execute(_RUNS, [PROBE_SETUP, run_id]).fetchall()]
        for statement in _REMOVE_RUNS:
            _execute(connection, statement, [runs])
        _execute(connection, _REMOVE_DURATIONS, [PROBE_SETUP])


def _execute(connection: psycopg.Connection[Any], statement: str, values: list[Any]) -> None:
    connection.execute(statement.encode(), values)
