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
Place = tuple[int, int, int]
"""Run, and process and seq within it, both negative: what comes later is less. A run begins at (run, 0, 0)."""

SEARCH_WITHIN = 1.5
"""Seconds after which no further runs are looked through."""
STEP_WITHIN, LAST_STEP_WITHIN = 0.7, 15.0
"""Seconds that one step may take; and one that cannot be narrower, as it looks at one result."""
QUICK = 0.15
"""Seconds; after a step that took less, the next one is twice as wide."""
FIRST_STEP = 256
"""Runs."""
FIRST_PART = 64
"""Failures of a run that takes too long in one step."""
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

    def failures(self, text: str, after: str | None, limit: int) -> tuple[list[Row], str | None]:
        """Results alone, with their whole messages, and where the next page begins. Raises BadRequest."""
        words = words_of(text)
        with self._database.connection() as connection:
            rows, place = _messages(connection, words, _start(connection, after), limit + 1)
        return rows[:limit], _next(rows, place, limit)

    def find(self, text: str, after: str | None = None, limit: int = 50) -> Found:
        """What has all words of `text`, whatever their case. Raises BadRequest."""
        words = words_of(text)
        with self._database.connection() as connection:
            names = _names(connection, words) if after is None else []
            rows, place = _messages(connection, words, _start(connection, after), limit + 1)
            back_to = _start_of(connection, place) if place[0] else None
        page = [{**row, "message": excerpt(row["message"], words)} for row in rows[:limit]]
        return Found(names, page, back_to, _next(rows, place, limit))


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


def _start(connection: Connection, after: str | None) -> Place:
    """Behind the last result of a page, or with the newest run."""
    if after is not None:
        run_no, process_no, seq = cursor.decode(after, int, int, int)
        return run_no, -process_no, -seq
    newest = connection.execute(QUERIES["newest_run_no"]).fetchone()
    assert newest is not None
    return newest["id"], 0, 0


def _names(connection: Connection, words: list[str]) -> list[Row]:
    try:
        with _within(connection, SEARCH_WITHIN):
            return connection.execute(QUERIES["search_names"], {"words": words, "limit": NAMES}).fetchall()
    except pg.QueryCanceled:
        return []


def _messages(connection: Connection, words: list[str], start: Place, limit: int) -> tuple[list[Row], Place]:
    """So many results, and the place up to which was looked, (0, 0, 0) for all; further than `start` in any case."""
    deadline = time.monotonic() + SEARCH_WITHIN
    found: list[Row] = []
    place, runs, part = start, FIRST_STEP, 0
    while place[0] and len(found) < limit and (place == start or time.monotonic() < deadline):
        end = _after_part(connection, place, part) if part else (max(0, place[0] - runs), 0, 0)
        began = time.monotonic()
        try:
            seconds = LAST_STEP_WITHIN if part == 1 else STEP_WITHIN
            found += _step(connection, words, place, end, limit - len(found), seconds)
        except pg.QueryCanceled:
            if part == 1:
                raise
            runs, part = 1, max(1, part // 8) if part else FIRST_PART if runs == 1 else 0
            continue
        is_quick = time.monotonic() - began < QUICK
        if end[0] < place[0]:
            runs, part = (runs * 2 if is_quick else max(1, runs // 2)), 0
        elif is_quick:
            part *= 2
        place = end
    return found, place


def _step(connection: Connection, words: list[str], start: Place, end: Place, limit: int, seconds: float) -> list[Row]:
    """What is found after `start` up to `end`."""
    values: Row = {"words": words, "limit": limit}
    values |= dict(zip(("run_no", "process_no", "seq"), start, strict=True))
    values |= dict(zip(("last_run_no", "last_process_no", "last_seq"), end, strict=True))
    with _within(connection, seconds):
        return connection.execute(QUERIES["search_messages"], values).fetchall()


def _after_part(connection: Connection, start: Place, width: int) -> Place:
    """The place after so many failures of the run."""
    values = dict(zip(("run_no", "process_no", "seq"), start, strict=True))
    row = connection.execute(QUERIES["place_in_run"], {**values, "width": width}).fetchone()
    return (start[0], row["process_no"], row["seq"]) if row else (start[0] - 1, 0, 0)


@contextmanager
def _within(connection: Connection, seconds: float) -> Iterator[None]:
    """A transaction whose statements may take so long."""
    with connection.transaction():
        connection.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds * 1000:.0f}"])
        yield


def _start_of(connection: Connection, place: Place) -> datetime | None:
    """When the oldest run began that was looked through, be it in part."""
    low = place[0] + (place[1:] == (0, 0))
    row = connection.execute(QUERIES["start_of_run_no"], {"low": low}).fetchone()
    return row["started_at"] if row else None


def _next(rows: list[Row], place: Place, limit: int) -> str | None:
    """After the last result that is shown; else after what was looked through."""
    if len(rows) > limit:
        last = rows[limit - 1]
        return cursor.encode((last["run_no"], last["process_no"], last["seq"]))
    return cursor.encode((place[0], -place[1], -place[2])) if place[0] else None
