"""Everything that waited, on its way through one commit; what cannot be stored is found and set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from livewall_dashboard.history.commit import commit
from livewall_dashboard.history.model import Entry, ProcessKey, StateChange
from livewall_dashboard.history.names import Names
from livewall_dashboard.history.work import ProcessWork
from livewall_dashboard.postgres.database import is_outage

Connection = psycopg.Connection[Any]


@dataclass(slots=True)
class Taken:
    """New events of one process, in order. `live`: the wall's state after all of them. `stored_seq`: the last event
    stored before.
    """

    key: ProcessKey
    run_id: int
    no: int
    stored_seq: int
    entries: list[Entry]
    live: dict[str, Any] | None


@dataclass(slots=True)
class Result:
    """`stored`: last event stored, by process. `strayed`: processes whose cursor in Postgres is not what we thought.
    `refused`: why an event of the process, the one after `stored`, cannot be stored. `dropped`: likewise for changes of
    runs.
    """

    stored: dict[ProcessKey, int] = field(default_factory=dict)
    strayed: list[ProcessKey] = field(default_factory=list)
    refused: dict[ProcessKey, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)


def store(connection: Connection, names: Names, taken: Sequence[Taken], changes: Sequence[StateChange]) -> Result:
    """Store all in one transaction or, where something cannot be stored, everything else in several.

    Raises psycopg.Error when Postgres is to blame.
    """
    try:
        outcome = commit(connection, names, [_work(each) for each in taken], changes, replace=False)
        return Result(outcome.stored, outcome.strayed)
    except Exception as error:
        _raise_if_away(error)
    return _store_one_by_one(connection, names, taken, changes)


def _store_one_by_one(
    connection: Connection, names: Names, taken: Sequence[Taken], changes: Sequence[StateChange]
) -> Result:
    result = Result()
    for each in taken:
        _store_what_can_be(connection, names, each, result)
    for change in changes:
        try:
            commit(connection, names, [], [change], replace=True)
        except Exception as error:
            _raise_if_away(error)
            result.dropped[change.run] = _reason(error)
    return result


def _store_what_can_be(connection: Connection, names: Names, taken: Taken, result: Result) -> bool:
    """Store the events up to the first that cannot be, by halves. False where that, or a wrong cursor, stopped it."""
    try:
        outcome = commit(connection, names, [_work(taken)], [], replace=True)
    except Exception as error:
        _raise_if_away(error)
        if len(taken.entries) == 1:
            result.refused[taken.key] = _reason(error)
            return False
        middle = len(taken.entries) // 2
        first, second = taken.entries[:middle], taken.entries[middle:]
        return _store_what_can_be(connection, names, _part(taken, first, None), result) and _store_what_can_be(
            connection, names, _part(taken, second, taken.live), result
        )
    result.stored.update(outcome.stored)
    result.strayed += outcome.strayed
    return not outcome.strayed


def _part(taken: Taken, entries: list[Entry], live: dict[str, Any] | None) -> Taken:
    return Taken(taken.key, taken.run_id, taken.no, entries[0].seq - 1, entries, live)


def _work(taken: Taken) -> ProcessWork:
    last = taken.entries[-1]
    work = ProcessWork(taken.key, taken.run_id, taken.no, taken.stored_seq, taken.live, last.seq, last.received_at)
    work.add(taken.entries)
    return work


def _raise_if_away(error: Exception) -> None:
    """A deadlock or a serialization failure (class 40) is nobody's fault: trying again helps."""
    if isinstance(error, psycopg.Error) and is_outage(error) and (error.sqlstate or "")[:2] != "40":
        raise error


def _reason(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
