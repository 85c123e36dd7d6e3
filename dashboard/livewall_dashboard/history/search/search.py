"""Search names of tests and messages of failures, for as long as a reader waits.

Messages are looked through run by run, those that came last first, until a page is full or the time is up; `next` goes
on from there. No index holds their texts: results that come in would pay for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import errors as pg

from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.history import cursor
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.postgres.database import Database

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

SEARCH_WITHIN = 1.5
"""Seconds after which no further runs are looked through."""
STEP_WITHIN = 2.0
"""Seconds that one step may take."""
QUICK = 0.15
"""Seconds; after a step that took less, the next one is twice as wide."""
FIRST_STEP = 256
"""Runs."""
NAMES = 20
MOST_WORDS = 10
BEFORE, AFTER = 80, 240
"""Characters of a message that are shown before the first word found, and from there on."""


@dataclass(frozen=True, slots=True)
class Found:
    """`names`: tests, with the first page alone. `searched_back_to`: when the oldest run began that was looked through;
    None once all were.
    """

    names: list[Row]
    results: list[Row]
    searched_back_to: datetime | None
    next: str | None


class Search:
    """Raises `Unavailable` while Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, text: str, after: str | None = None, limit: int = 50) -> Found:
        """What has all words of `text`, whatever their case. Raises BadRequest."""
        words = words_of(text)
        place = cursor.decode(after, int, int, int) if after is not None else None
        with self._database.connection() as connection:
            names = _names(connection, words) if place is None else []
            newest = connection.execute(QUERIES["newest_run_no"]).fetchone()
            assert newest is not None
            # What comes after (run, process, seq) in the order of the list; (run, 0, 0) is before all of that run.
            start = (place[0], -place[1], -place[2]) if place else (newest["id"], 0, 0)
            rows, low = _messages(connection, words, start, limit + 1)
            back_to = _start_of(connection, low) if low > 1 else None
        page = [{**row, "message": excerpt(row["message"], words)} for row in rows[:limit]]
        return Found(names, page, back_to, _next(rows, low, limit))


def words_of(text: str) -> list[str]:
    """Raises BadRequest."""
    words = text.split()
    if not words:
        raise BadRequest("q is what to look for: some words, all of which are to be found.")
    if len(words) > MOST_WORDS:
        raise BadRequest(f"q has {len(words)} words; at most {MOST_WORDS} are looked for.")
    return words


def excerpt(message: str, words: Sequence[str]) -> str:
    """The message around the first word that is found in it."""
    folded = message.lower()
    found = min((place for word in words if (place := folded.find(word.lower())) >= 0), default=0)
    start = max(0, found - BEFORE)
    end = found + AFTER
    return f"{'…' if start else ''}{message[start:end]}{'…' if end < len(message) else ''}"


def _names(connection: Connection, words: list[str]) -> list[Row]:
    try:
        with _within(connection, SEARCH_WITHIN):
            return connection.execute(QUERIES["search_names"], {"words": words, "limit": NAMES}).fetchall()
    except pg.QueryCanceled:
        return []


def _messages(
    connection: Connection, words: list[str], start: tuple[int, int, int], limit: int
) -> tuple[list[Row], int]:
    """So many results, and the number down to which runs were looked through, 1 for all."""
    deadline = time.monotonic() + SEARCH_WITHIN
    found: list[Row] = []
    high, width = start[0], FIRST_STEP
    low = high + 1
    while high >= 1 and len(found) < limit and time.monotonic() < deadline:
        values: Row = {"words": words, "low": max(1, high - width + 1), "high": high, "limit": limit - len(found)}
        values |= dict(zip(("run_no", "process_no", "seq"), start, strict=True))
        began = time.monotonic()
        try:
            with _within(connection, STEP_WITHIN):
                found += connection.execute(QUERIES["search_messages"], values).fetchall()
        except pg.QueryCanceled:
            if width == 1:
                raise
            width = max(1, width // 8)
            continue
        low = values["low"]
        high = low - 1
        width = width * 2 if time.monotonic() - began < QUICK else max(1, width // 2)
    return found, low


@contextmanager
def _within(connection: Connection, seconds: float) -> Iterator[None]:
    """A transaction whose statements may take so long."""
    with connection.transaction():
        connection.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds * 1000:.0f}"])
        yield


def _start_of(connection: Connection, low: int) -> datetime | None:
    row = connection.execute(QUERIES["start_of_run_no"], {"low": low}).fetchone()
    return row["started_at"] if row else None


def _next(rows: list[Row], low: int, limit: int) -> str | None:
    """After the last result that is shown; else after the runs that were looked through."""
    if len(rows) > limit:
        last = rows[limit - 1]
        return cursor.encode((last["run_no"], last["process_no"], last["seq"]))
    return cursor.encode((low - 1, 0, 0)) if low > 1 else None
