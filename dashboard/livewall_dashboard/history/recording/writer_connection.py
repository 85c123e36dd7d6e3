"""The recorder's connection to Postgres: the lock that makes it the only one, and what it reads between its writes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.errors import ReadOnlySqlTransaction

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.recording.model import ProcessKey
from livewall_dashboard.postgres.database import RECORDING_LOCK, Writer
from livewall_dashboard.postgres.lock_holders import holder_of_locks as _holder_of_locks

Place = tuple[int, int]
"""A process in Postgres: (run_id, no)."""
Session = tuple[int, Any]
"""A connection as Postgres knows it: (pid, when it began)."""

CHECK_WITHIN = 5.0
"""Seconds an idle Postgres may take to answer."""
FORMER_ENDS_WITHIN = 3.0
"""Seconds our former connection may take to end once it was told to."""


def take_lock(writer: Writer, former: Session | None = None) -> Session:
    """Take the database's recording lock for as long as the connection lives; -> this connection.

    `former`: the connection that was given up before. Postgres may still work for it, and is told to stop that. Raises
    `Misconfigured` when another dashboard has the lock, and psycopg.Error where nothing can be written.
    """
    deadline = time.monotonic() + FORMER_ENDS_WITHIN
    while True:
        with writer.transaction():
            row = writer.execute(QUERIES["take_recording_lock"], [RECORDING_LOCK]).fetchone()
            assert row is not None
            is_ours, is_read_only, pid, began_at = row
            if is_read_only:
                raise ReadOnlySqlTransaction("transactions are read-only")
            if is_ours:
                return pid, began_at
            if former is None or not writer.execute(QUERIES["end_former"], list(former)).fetchall():
                raise Misconfigured(
                    "Another dashboard records into this database. Stop it first, or give this one a database of its "
                    "own."
                )
        if time.monotonic() > deadline:
            raise psycopg.OperationalError(f"process {former[0]}, of our former connection, does not end")
        time.sleep(0.05)


def positions(writer: Writer, places: Sequence[Place]) -> dict[ProcessKey, int]:
    """The last stored event of each process."""
    columns = [[run_id for run_id, _ in places], [no for _, no in places]]
    with writer.transaction():
        rows = writer.execute(QUERIES["positions"], columns).fetchall()
    return {(run, process): last_seq for run, process, last_seq in rows}


def holder_of_locks(writer: Writer) -> str:
    """Who is in the way, in words."""
    with writer.transaction():
        return _holder_of_locks(writer) or "somebody had locked its rows in Postgres"


def check(writer: Writer) -> None:
    """Raises psycopg.OperationalError when Postgres is away."""
    with writer.answering_within(CHECK_WITHIN), writer.transaction():
        writer.execute("SELECT 1")
