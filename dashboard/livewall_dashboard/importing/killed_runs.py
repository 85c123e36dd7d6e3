"""Runs whose robot was killed: their output.xml is cut off, and all that is known of them is what it holds.

Such a file does not say when its root suite began, which tells a run; but when robot began to write it, and so does the
whole file, if robot was alive after all: then that one completes the run.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta, timezone
from typing import Any

import psycopg

from livewall_dashboard.base.clock import parse_time
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.importing.match_run import FARTHEST, MADE_OF_FILE, SOON, Target, run_of_file, runs_like
from livewall_dashboard.importing.model import Output
from livewall_dashboard.importing.times import WINDOW, Clock, naive, parse
from livewall_dashboard.importing.wish import Wish

Row = dict[str, Any]


class KnownOtherwise(LivewallError):
    """The file is cut off, and its run is known from its node or from a whole file."""

    code, http_status = "known_otherwise", 409


def key_of_file(output: Output, setup: str) -> str:
    """The id of the run that is made of a file that began then, however far it was written."""
    identity = "\x1f".join((setup, output.name, output.generated, "cut off"))
    return f"{MADE_OF_FILE}{hashlib.sha256(identity.encode()).hexdigest()[:24]}"


def match_run(connection: psycopg.Connection[Row], output: Output, wish: Wish) -> Target | None:
    """The run that a cut-off file made, of this file, or of the same when it was shorter; None for none.

    Raises KnownOtherwise, and Conflict where a run that is named is another.
    """
    start = parse(output.start).replace(tzinfo=timezone.utc)
    if wish.setup is not None:
        key = wish.run or key_of_file(output, wish.setup)
        clock = wish.clock.since(wish.clock.both(output.start)[0])
        if (target := run_of_file(connection, key, wish, clock)) is not None:
            return target
    for row in runs_like(connection, start, wish):
        if wish.run is not None or _may_be(row, output, wish.clock):
            raise known_otherwise(output, row["key"], row["setup"])
    return None


def known_otherwise(output: Output, key: str, setup: str) -> KnownOtherwise:
    return KnownOtherwise(
        f"It ends in the middle, in {output.cut_off}; run {key} on {setup}, which began then, is known: only a whole "
        "file completes it."
    )


def is_whole_by_now(connection: psycopg.Connection[Row], output: Output, wish: Wish) -> Target | None:
    """The run that the file made when robot had not closed it yet, or that a part of it made; None for none."""
    if wish.setup is None or wish.run is not None or not output.generated or output.is_put_together:
        return None
    clock = wish.clock.since(wish.clock.both(output.start)[0])
    return run_of_file(connection, key_of_file(output, wish.setup), wish, clock)


def _may_be(row: Row, output: Output, clock: Clock) -> bool:
    """Whether it began soon after robot began the file, in the zone that is given or any."""
    began = row["start_time"] or (parse_time(row["said_at"]) if row["said_at"] else None)
    if began is None or row["root"] not in {None, output.name}:
        return False
    generated = naive(output.generated) or output.start
    distance = began - parse(generated).replace(tzinfo=timezone.utc)
    whole = (distance + timedelta(seconds=1)) // WINDOW * WINDOW
    if distance - whole > SOON or abs(whole) > FARTHEST:
        return False
    return not clock.is_given or any(abs(began - moment) <= SOON for moment in clock.both(generated))
