"""Which run an output.xml is of. A file says neither which run nor which node it was, and in no zone when it began."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed

from livewall_dashboard.base.clock import NO_OFFSET, parse_time
from livewall_dashboard.base.errors import Conflict, Forbidden, NotFound
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.recording.model import IMPORTED
from livewall_dashboard.importing.model import Output, Unreadable
from livewall_dashboard.importing.times import WINDOW, Clock, parse
from livewall_dashboard.importing.wish import Wish

EXACT = timedelta(seconds=0.0015)
"""What is put together has milliseconds."""
SOON = timedelta(seconds=15)
"""A listener is made soon after the root suite's start, and says when that was."""
FARTHEST = timedelta(hours=14)
"""Zones differ by no more from UTC."""

MADE_OF_FILE = "file-"
"""How the ids of runs begin that an import made and named."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """The run a file belongs to. `no`: the process whose file it is; None: it is of all processes together.

    `is_made_of_file`: no node told of the process.
    """

    run_id: int
    key: str
    setup: str
    no: int | None
    clock: Clock
    is_made_of_file: bool


@dataclass(frozen=True)
class _Match:
    row: Row
    distance: timedelta
    """From the file's time to UTC."""
    error: timedelta
    exact: bool


def match_run(connection: psycopg.Connection[Row], output: Output, wish: Wish) -> Target | None:
    """The run of the file, None where nobody reported it; the wish's run and setups narrow the search.

    Its clock is the node's, whose zone counts where it was given, else it is tried first. Raises `Unreadable` where
    several runs come into question, or the one named does not.
    """
    run, clock = wish.run, wish.clock
    start = parse(output.start).replace(tzinfo=timezone.utc)
    rows = runs_like(connection, start, wish)
    if run is not None and not rows:
        if wish.setup is not None:
            return None
        raise NotFound(f"There is no run {run!r}; with --setup NAME it is made.")
    distances = [utc - start for utc in clock.both(output.start)]
    matches = [match for row in rows if (match := _match(row, output, start))]
    if clock.is_given:
        matches = [match for match in matches if match.distance in distances]
    found = _best(matches, distances)
    if not found and run is not None and _is_of_all(rows[0], output):
        # The first process may be the one nobody heard of.
        found = [_Match(rows[0], distances[0], NO_OFFSET, exact=False)]
    if not found:
        if run is not None:
            raise Unreadable(f"Run {run} is another one: {_words(rows[0])}, the file {_told(output)}.")
        return None
    runs = {match.row["key"] for match in found}
    is_whole = _is_of_all(found[0].row, output)
    if len(runs) > 1 or (len(found) > 1 and not is_whole):
        listed = ", ".join(sorted(f"{match.row['key']} on {match.row['setup']}" for match in found))
        raise Unreadable(f"It may be of several runs: {listed}. Name the one it is of with --run or --setup.")
    return _target(found[0], output, clock, is_whole=is_whole)


def runs_like(connection: psycopg.Connection[Row], start: datetime, wish: Wish) -> list[Row]:
    """Runs that the wish means and that a file may be of whose root suite started at `start`, in some zone.

    Raises Unreadable where the run that is named is of another setup, Forbidden where it is none of the caller's.
    """
    if wish.run is not None:
        rows = _run_like(connection, wish.run)
        if rows:
            check_setup(wish, wish.run, rows[0]["setup"])
    else:
        conditions: SQL | Composed = QUERIES["runs_like_output_of_start"]
        if wish.setup is not None:
            conditions = QUERIES["runs_like_output_of_setup"].format(conditions=conditions)
        query = QUERIES["runs_like_output"].format(conditions=conditions)
        rows = connection.execute(query, {"setup": wish.setup, "start": start}).fetchall()
    return [row for row in rows if wish.admits(row["setup"])]


def _run_like(connection: psycopg.Connection[Row], run: str) -> list[Row]:
    """The run of that id, by its processes."""
    query = QUERIES["runs_like_output"].format(conditions=QUERIES["runs_like_output_of_key"])
    return connection.execute(query, {"run": run}).fetchall()


def check_setup(wish: Wish, run: str, setup: str) -> None:
    """Of a run that is named and known. Raises Forbidden, Unreadable."""
    if wish.setups is not None and setup not in wish.setups:
        raise Forbidden(f"Run {run} is not of a setup that this token is for.")
    if wish.setup not in {None, setup}:
        raise Unreadable(f"Run {run} is of setup {setup}, not of {wish.setup}.")


def _is_of_all(row: Row, output: Output) -> bool:
    """Whether the file is what pabot puts together of all the run's processes."""
    return bool(output.is_put_together and row["pabot"] and row["process"] != IMPORTED)


def key_of_file(output: Output, setup: str, started_at: datetime) -> str:
    """The id of the run that is made of the file; the same file's is the same again."""
    identity = "\x1f".join((setup, output.name, output.start, started_at.isoformat(timespec="microseconds")))
    return f"{MADE_OF_FILE}{hashlib.sha256(identity.encode()).hexdigest()[:24]}"


def run_of_file(connection: psycopg.Connection[Row], key: str, wish: Wish, clock: Clock) -> Target | None:
    """The run of that id, which a file made; None where there is none. Raises Conflict for one of another kind."""
    rows = _run_like(connection, key)
    if not rows:
        return None
    row = rows[0]
    check_setup(wish, key, row["setup"])
    if row["process"] != IMPORTED:
        raise Conflict(f"Run {key} was reported by its node; this file cannot complete it.")
    return Target(row["run_id"], key, row["setup"], row["no"], clock, is_made_of_file=True)


def _is_of_another_file(row: Row, output: Output) -> bool:
    """Of a run that was made of a file it is known which one, whatever its zone."""
    if row["process"] != IMPORTED or not row["key"].startswith(MADE_OF_FILE) or row["start_time"] is None:
        return False
    return bool(row["key"] != key_of_file(output, row["setup"], row["start_time"]))


def _match(row: Row, output: Output, start: datetime) -> _Match | None:
    if row["root"] is not None and row["root"] != output.name:
        return None
    if _is_of_another_file(row, output):
        return None
    if row["start_time"] is not None:
        distance = row["start_time"] - start
        whole = round(distance / WINDOW) * WINDOW
        error = distance - whole
        if abs(error) <= (EXACT if output.is_put_together else NO_OFFSET) and abs(whole) <= FARTHEST:
            return _Match(row, whole, abs(error), exact=True)
        if not output.is_put_together:
            return None
    elif row["said_at"]:
        distance = parse_time(row["said_at"]) - start
    else:
        return None
    whole = (distance + timedelta(seconds=1)) // WINDOW * WINDOW
    error = distance - whole
    if error > SOON or abs(whole) > FARTHEST:
        return None
    return _Match(row, whole, abs(error), exact=False)


def _best(matches: Sequence[_Match], own: Collection[timedelta]) -> list[_Match]:
    """Where the start is stored, that decides; and the zone that is taken for the node's comes before any other.

    Of one pabot run several processes may begin within a millisecond: the nearest is meant.
    """
    exact = [match for match in matches if match.exact]
    candidates = exact or matches
    candidates = [match for match in candidates if match.distance in own] or candidates
    nearest = min((match.error for match in candidates), default=NO_OFFSET) if exact else None
    return [match for match in candidates if nearest is None or match.error == nearest]


def _target(match: _Match, output: Output, clock: Clock, *, is_whole: bool) -> Target:
    start = parse(output.start).replace(tzinfo=timezone.utc) + match.distance
    if any(abs(utc - start) <= EXACT for utc in clock.both(output.start)):
        clock = clock.since(start)
    else:
        clock = Clock.ahead_by(-match.distance)
    row = match.row
    return Target(
        row["run_id"], row["key"], row["setup"], None if is_whole else row["no"], clock, row["process"] == IMPORTED
    )


def _words(row: Row) -> str:
    began = row["start_time"] or row["said_at"] or "some time"
    return f"it began at {began} with suite {row['root'] or row['name']!r}"


def _told(output: Output) -> str:
    return f"at {output.start} with suite {output.name[:200]!r}"
