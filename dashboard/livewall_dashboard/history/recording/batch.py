"""Everything that waited, on its way through one commit; what cannot be stored is found and set aside."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import errors as pg

from livewall_dashboard.history.recording.model import Delivery, ProcessKey, StateChange
from livewall_dashboard.history.recording.transaction import commit
from livewall_dashboard.history.recording.work import ProcessWork
from livewall_dashboard.history.results.names import Names
from livewall_dashboard.postgres.database import is_outage

Connection = psycopg.Connection[Any]

LOCKED_RUN_PATIENCE = 0.2
"""Seconds to wait for a single run that somebody has locked."""
DIVIDE_WITHIN = 4.0
"""Seconds for finding the locked runs among all; the others wait meanwhile."""


@dataclass(slots=True)
class Taken:
    """New events of one process, in order. `live`: the wall's state after all of them. `stored_seq`: the last event
    stored before.
    """

    key: ProcessKey
    run_id: int
    no: int
    stored_seq: int
    deliveries: list[Delivery]
    live: dict[str, Any] | None


@dataclass(slots=True)
class Result:
    """`stored`: last event stored, by process. `strayed`: processes whose cursor in Postgres is not what we thought.
    `refused`: why an event of the process, the one after `stored`, cannot be stored. `dropped`: likewise for changes of
    runs. `put_off`: why the rest of a run is to be tried again later; "" where somebody else has locked its rows.
    `changed`: runs whose new state is stored.
    """

    stored: dict[ProcessKey, int] = field(default_factory=dict)
    strayed: list[ProcessKey] = field(default_factory=list)
    refused: dict[ProcessKey, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    put_off: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _RunWork:
    """What waits of one run."""

    run: str
    taken: list[Taken] = field(default_factory=list)
    changes: list[StateChange] = field(default_factory=list)


def store(
    connection: Connection,
    names: Names,
    taken: Sequence[Taken],
    changes: Sequence[StateChange],
    suspects: Collection[str] = (),
) -> Result:
    """Store all in one transaction or, where something cannot be stored, everything else in several.

    `suspects`: runs that were put off before, so that they are tried one by one after the others. Raises psycopg.Error
    when Postgres is to blame, be it that all runs are locked.
    """
    return _Storing(connection, names).store(_by_run(taken, changes), suspects)


def _by_run(taken: Sequence[Taken], changes: Sequence[StateChange]) -> dict[str, _RunWork]:
    works: dict[str, _RunWork] = {}
    for each in taken:
        works.setdefault(each.key[0], _RunWork(each.key[0])).taken.append(each)
    for change in changes:
        works.setdefault(change.run, _RunWork(change.run)).changes.append(change)
    return works


class _Storing:
    """One call of `store`. `lock_timeout` is that of the commits to come, `_divide_until` when dividing ends."""

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection = connection
        self._names = names
        self._result = Result()
        self._lock_timeout: float | None = None
        self._divide_until = 0.0

    def store(self, works: dict[str, _RunWork], suspects: Collection[str]) -> Result:
        free = [work for run, work in works.items() if run not in suspects]
        try:
            if free:
                self._together(free)
        except pg.LockNotAvailable:
            self._begin_to_divide()
            self._divide(free)
            if len(free) > 1 and self._result.put_off.keys() >= {work.run for work in free}:
                raise  # not some rows, but a table
        self._begin_to_divide()
        for run in suspects:
            if run in works:
                self._divide([works[run]])
        return self._result

    def _begin_to_divide(self) -> None:
        self._lock_timeout = LOCKED_RUN_PATIENCE
        self._divide_until = time.monotonic() + DIVIDE_WITHIN

    def _divide(self, works: Sequence[_RunWork]) -> None:
        """Find the locked ones among these runs, by halves, and store the others."""
        if time.monotonic() > self._divide_until:
            self._result.put_off.update((work.run, "") for work in works)
            return
        try:
            self._together(works)
        except pg.LockNotAvailable:
            if len(works) == 1:
                self._result.put_off[works[0].run] = ""
                return
            middle = len(works) // 2
            self._divide(works[:middle])
            self._divide(works[middle:])

    def _together(self, works: Sequence[_RunWork]) -> None:
        """All of these runs in one transaction or, where something of them cannot be stored, in several."""
        taken = [each for work in works for each in work.taken]
        changes = [change for work in works for change in work.changes]
        try:
            self._commit(taken, changes, replace=False)
        except pg.LockNotAvailable:
            raise
        except Exception as error:
            _raise_if_away(error)
            for work in works:
                self._one_by_one(work)

    def _one_by_one(self, work: _RunWork) -> None:
        self._lock_timeout = LOCKED_RUN_PATIENCE
        try:
            for taken in work.taken:
                self._store_what_can_be(taken)
            for change in work.changes:
                self._change(change)
        except _TryLater as error:
            self._result.put_off[work.run] = error.reason

    def _change(self, change: StateChange) -> None:
        try:
            self._commit([], [change], replace=True)
        except Exception as error:
            _raise_if_it_passes(error)
            self._result.dropped[change.run] = _reason(error)

    def _store_what_can_be(self, taken: Taken) -> bool:
        """Store the events up to the first that cannot be, by halves; False where that or a wrong cursor stopped it."""
        try:
            return self._commit([taken], [], replace=True)
        except Exception as error:
            _raise_if_it_passes(error)
            if sum(len(delivery.events) for delivery in taken.deliveries) == 1:
                self._result.refused[taken.key] = _reason(error)
                return False
        first, second = _halves(taken.deliveries)
        return self._store_what_can_be(_part(taken, first, None)) and self._store_what_can_be(
            _part(taken, second, taken.live)
        )

    def _commit(self, taken: Sequence[Taken], changes: Sequence[StateChange], *, replace: bool) -> bool:
        """-> whether all cursors were where we thought they were."""
        outcome = commit(
            self._connection,
            self._names,
            [_work(each) for each in taken],
            changes,
            replace=replace,
            lock_timeout=self._lock_timeout,
        )
        self._result.stored.update(outcome.stored)
        self._result.strayed += outcome.strayed
        self._result.changed.update(change.run for change in changes)
        return not outcome.strayed


def _halves(deliveries: list[Delivery]) -> tuple[list[Delivery], list[Delivery]]:
    if len(deliveries) > 1:
        middle = len(deliveries) // 2
        return deliveries[:middle], deliveries[middle:]
    (only,) = deliveries
    middle = len(only.events) // 2
    return [only.part(0, middle)], [only.part(middle)]


def _part(taken: Taken, deliveries: list[Delivery], live: dict[str, Any] | None) -> Taken:
    return Taken(taken.key, taken.run_id, taken.no, deliveries[0].first_seq - 1, deliveries, live)


def _work(taken: Taken) -> ProcessWork:
    last = taken.deliveries[-1]
    work = ProcessWork(taken.key, taken.run_id, taken.no, taken.stored_seq, taken.live, last.last_seq, last.received_at)
    for delivery in taken.deliveries:
        work.add(delivery.events, delivery.first_seq)
    return work


def _raise_if_away(error: Exception) -> None:
    """A deadlock or a serialization failure (class 40) is nobody's fault: trying again helps."""
    if isinstance(error, psycopg.Error) and is_outage(error) and (error.sqlstate or "")[:2] != "40":
        raise error


class _TryLater(Exception):
    """Not stored, and no event is to blame. `reason` as in `Result.put_off`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _raise_if_it_passes(error: Exception) -> None:
    """As somebody's lock does; and as a right or a table will be given back that an administrator took (class 42)."""
    if isinstance(error, pg.LockNotAvailable):
        raise _TryLater("") from error
    _raise_if_away(error)
    if isinstance(error, psycopg.Error) and (error.sqlstate or "")[:2] == "42":
        raise _TryLater(_reason(error)) from error


def _reason(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
