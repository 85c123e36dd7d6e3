"""Partitions of the result tables: ranges of run ids, made ahead of the runs.

A partition is to hold about `ROWS` results: past some 10 million, inserts into its indexes slow down. How many runs
that is depends on the lab, so each new partition's width comes from what the latest thousand runs held. Old results
leave with the partitions `<table>_r<first>` of all `TABLES` whose runs are all too old (`prune.py`).
"""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from livewall_dashboard.history.queries import QUERIES

ROWS = 5_000_000
NARROWEST, WIDEST = 512, 16_384
AHEAD = 128
"""Runs before the end of the last partition at which the next one is made."""

TABLES = ("suite_result", "result", "attempt", "raw_upload")
"""All have the same ranges."""

_LOCK = 0x11FE_3A12
_BOUND = re.compile(r"FROM \('?(\d+)'?\) TO \('?(\d+)'?\)")

Range = tuple[int, int]
"""The first run id, and the first one after."""


class PartitionsAhead:
    """Those of runs to come, made before and apart from what takes longer, as others wait for it.

    `until`: the first run id known to have none. `latest`: a run that was made; many may have been since.
    """

    def __init__(self) -> None:
        self.until = 0
        self.latest = 0

    def note(self, run_id: int) -> None:
        """A run was made, or an older one was written again."""
        self.latest = max(self.latest, run_id)

    def provide(self, connection: psycopg.Connection[Any]) -> None:
        """Look only where they may run out soon; who makes a run that has none all the same, makes them."""
        if self.latest + 2 * AHEAD < self.until:
            return
        with connection.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(QUERIES["latest_run"]).fetchone()
        assert row is not None
        self.latest = row[0]
        if self.latest + AHEAD >= self.until:
            with connection.transaction():
                self.until = provide(connection, self.latest + AHEAD)


def ranges(connection: psycopg.Connection[Any]) -> dict[str, set[Range]]:
    """The partitions of each table."""
    found: dict[str, set[Range]] = {table: set() for table in TABLES}
    with connection.cursor(row_factory=tuple_row) as cursor:
        for table, bound in cursor.execute(QUERIES["partition_bounds"], [list(TABLES)]).fetchall():
            first, after = map(int, _BOUND.search(bound).groups())  # type: ignore[union-attr]
            found[table].add((first, after))
    return found


def drop(connection: psycopg.Connection[Any], first: int) -> None:
    """Drop the partitions that begin with run `first`; until the caller's transaction ends, nobody reads or records."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    for table in reversed(TABLES):  # as the recorder takes them
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(f"{table}_r{first}")))


def provide(connection: psycopg.Connection[Any], run_id: int) -> int:
    """Make the partitions for `run_id` and the runs soon after it, within the caller's transaction.

    Returns the first run id for which there is none. Two that do it at once do it one after the other.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    found = ranges(connection)
    wanted = found["result"].copy()
    end = max((after for _, after in wanted), default=1)
    while end <= run_id + AHEAD:
        first, end = end, end + _width(connection, end)
        wanted.add((first, end))
    for table in TABLES:
        for first, after in sorted(wanted):
            # Some may be there, or all but those of a table that the release before does not know.
            if not any(start < after and first < stop for start, stop in found[table]):
                _create(connection, table, first, after)
    return end


def _width(connection: psycopg.Connection[Any], first: int) -> int:
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(QUERIES["results_per_run"], [first]).fetchone()
    per_run = row[0] if row else 0.0
    if per_run <= 0:
        return NARROWEST
    return int(min(max(ROWS / per_run, NARROWEST), WIDEST))


def _create(connection: psycopg.Connection[Any], table: str, first: int, after: int) -> None:
    """Made aside and then attached: that locks out neither readers nor the recorder."""
    name, parent = sql.Identifier(f"{table}_r{first}"), sql.Identifier(table)
    like = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)")
    connection.execute(like.format(name, parent))
    connection.execute(
        sql.SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
            parent, name, sql.Literal(first), sql.Literal(after)
        )
    )
