"""Runs of files that are not Robot Framework's: nobody else reports them, so a run is its file, told by its content."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import timezone
from typing import Any

import psycopg

from livewall_dashboard.base.errors import Conflict
from livewall_dashboard.importing.match_run import MADE_OF_FILE, Target, run_of_file
from livewall_dashboard.importing.model import Foreign, Output
from livewall_dashboard.importing.outcome import Outcome
from livewall_dashboard.importing.report import plural
from livewall_dashboard.importing.times import Clock
from livewall_dashboard.importing.wish import Wish
from livewall_listener import wire


def key_of_file(file: Foreign, setup: str) -> str:
    """The id of the run that is made of the file; the same content's is the same again."""
    identity = f"{setup}\x1f{file.digest}"
    return f"{MADE_OF_FILE}{hashlib.sha256(identity.encode()).hexdigest()[:24]}"


def name_run(file: Foreign, wish: Wish) -> Wish:
    """The wish with the run's id, and with the clock of the file's times. Raises Conflict where no setup is said."""
    if wish.setup is None:
        raise Conflict(f"{file.format} does not say on which setup it ran: say it with --setup NAME or --path-pattern.")
    return dataclasses.replace(wish, run=wish.run or key_of_file(file, wish.setup), clock=Clock(timezone.utc))


def match_run(connection: psycopg.Connection[dict[str, Any]], wish: Wish) -> Target | None:
    """The run of that id, None where there is none. Raises Conflict for one that is not the file's."""
    assert wish.run is not None
    assert wish.setup is not None
    return run_of_file(connection, wish.run, wish, wish.clock)


def is_same_file(file: Foreign | None, target: Target) -> bool:
    """Whether the run was made of the very content, so that nothing of it can be missing."""
    return file is not None and target.key == key_of_file(file, target.setup)


def nothing_new(output: Output, target: Target) -> Outcome:
    """A file whose very content was imported before."""
    note, partial = notice(output.foreign), is_partial(output.foreign)
    return Outcome(target.key, target.setup, output.tests, is_new=False, change=None, is_partial=partial, note=note)


def with_told(end: wire.EndProcess, file: Foreign) -> wire.EndProcess:
    """The end with what the file counts and does not hold: a run that lacks that is partial."""
    return dataclasses.replace(end, total=end.total + file.missing, failed=end.failed + file.failed)


def is_partial(file: Foreign | None) -> bool:
    return file is not None and bool(file.tests or file.failed)


def notice(file: Foreign | None) -> str:
    """What is to be said of the file, in a sentence or two."""
    if file is None:
        return ""
    words = []
    if file.tests or file.failed:
        what = plural(file.tests, "test") if file.tests else plural(file.failed, "failed test")
        words.append(f"It counts {what} and holds none.")
    if not file.has_start:
        words.append("It does not say when it ran: its start is when the file was written.")
    return " ".join(words)
