"""Runs that are kept for ever, whatever the rules say."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import errors as pg

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.history.queries import QUERIES

Row = dict[str, Any]
Connection = psycopg.Connection[Row]


def pin(connection: Connection, key: str, by: str) -> None:
    """Keep the run for ever; one that is pinned stays as it is. Raises `NotFound`."""
    try:
        connection.execute(QUERIES["pin_run"], {"key": key, "by": by})
    except pg.ForeignKeyViolation:
        raise NotFound(f"Run {key[:200]!r} was removed meanwhile: it was older than such runs are kept.") from None


def release(connection: Connection, key: str) -> None:
    """The rules hold for it again."""
    connection.execute(QUERIES["release_run"], [key])


def pin_of(connection: Connection, run_id: int) -> Row | None:
    """`{pinned_at, pinned_by}`, or None."""
    return connection.execute(QUERIES["pin_of_run"], [run_id]).fetchone()
