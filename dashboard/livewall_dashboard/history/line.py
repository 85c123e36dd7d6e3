"""The recorder's line to Postgres: what it does with a new connection before it writes."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg.errors import ReadOnlySqlTransaction

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.history.model import ProcessKey
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.postgres.database import RECORDING_LOCK, Writer

Place = tuple[int, int]
"""A process in Postgres: (run_id, no)."""


def take_lock(writer: Writer) -> None:
    """Take the database's recording lock for as long as the connection lives.

    Raises `Misconfigured` when another dashboard has it, and psycopg.Error where nothing can be written.
    """
    with writer.transaction():
        row = writer.execute(QUERIES["take_recording_lock"], [RECORDING_LOCK]).fetchone()
    assert row is not None
    is_ours, is_read_only = row
    if is_read_only:
        raise ReadOnlySqlTransaction("transactions are read-only")
    if not is_ours:
        raise Misconfigured(
            "Another dashboard records into this database. Stop it first, or give this one a database of its own."
        )


def positions(writer: Writer, places: Sequence[Place]) -> dict[ProcessKey, int]:
    """The last stored event of each process."""
    columns = [[run_id for run_id, _ in places], [no for _, no in places]]
    with writer.transaction():
        rows = writer.execute(QUERIES["positions"], columns).fetchall()
    return {(run, process): last_seq for run, process, last_seq in rows}


def check(writer: Writer) -> None:
    """Raises psycopg.OperationalError when Postgres is away."""
    with writer.transaction():
        writer.execute("SELECT 1")
