"""Partitions of the result tables: ranges of run ids, made ahead of the runs.

A partition is to hold about `ROWS` results: past some 10 million, inserts into its indexes slow down. How many runs
that is depends on the lab, so each new partition's width comes from what the latest thousand runs held. Old results
leave by dropping the partitions `result_r<first>` and `suite_result_r<first>` whose runs are all too old, and then the
runs.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg import sql

from livewall_dashboard.history.queries import QUERIES

ROWS = 5_000_000
NARROWEST, WIDEST = 512, 16_384
AHEAD = 128
"""Runs before the end of the last partition at which the next one is made."""

_TABLES = ("suite_result", "result")
_LOCK = 0x11FE_3A12
_BOUND = re.compile(r"TO \('?(\d+)'?\)")


def last_bound(connection: psycopg.Connection[Any]) -> int:
    """The first run id for which there is no partition."""
    bounds = connection.execute(QUERIES["partition_bounds"]).fetchall()
    return max((int(_BOUND.search(_only(row))[1]) for row in bounds), default=1)  # type: ignore[index]


def provide(connection: psycopg.Connection[Any], run_id: int) -> int:
    """Make the partitions for `run_id` and the runs soon after it, within the caller's transaction.

    Returns the first run id for which there is none. Two that do it at once do it one after the other.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    first = last_bound(connection)
    while first <= run_id + AHEAD:
        after = first + _width(connection, first)
        for table in _TABLES:
            _create(connection, table, first, after)
        first = after
    return first


def _width(connection: psycopg.Connection[Any], first: int) -> int:
    row = connection.execute(QUERIES["results_per_run"], [first]).fetchone()
    per_run = _only(row) if row else 0.0
    if per_run <= 0:
        return NARROWEST
    return int(min(max(ROWS / per_run, NARROWEST), WIDEST))


def _create(connection: psycopg.Connection[Any], table: str, first: int, after: int) -> None:
    """Made aside and then attached: that locks out neither readers nor the recorder."""
    name, parent = sql.Identifier(f"{table}_r{first}"), sql.Identifier(table)
    like = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    connection.execute(like.format(name, parent))
    connection.execute(
        sql.SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
            parent, name, sql.Literal(first), sql.Literal(after)
        )
    )


def _only(row: Any) -> Any:
    """The one value of a row, whatever the connection makes of rows."""
    return next(iter(row.values())) if isinstance(row, dict) else row[0]
