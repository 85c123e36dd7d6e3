"""Remove runs that are due, with all that hangs on them: whole partitions at once, the others a few runs at a time.

Each step is one transaction that is right by itself: whoever is killed between two has removed some runs whole, and the
next goes on. A run that somebody has in hand meanwhile, or that was pinned, is left alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg import sql

from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.results import partitions

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

LOCK = 0x11FE_3A16
"""Key of the advisory lock that who prunes holds: two at once would only wait for each other."""
LOCK_PATIENCE = 0.5
"""Seconds to wait for readers of all results, while which the recorder waits as well."""
TRIES = 3
"""How often a partition is tried to be dropped: most who are in the way are gone in a moment, and deleting all of its
results takes twenty times as long.
"""
RUNS_AT_ONCE, RESULTS_AT_ONCE = 200, 50_000
"""What one step removes at most, but for a run that is larger."""


@dataclass(slots=True)
class Plan:
    """`partitions`: those that go as a whole: (first run id, first one after, runs); `runs`: all others, by number."""

    partitions: list[tuple[int, int, list[int]]] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.partitions or self.runs)


@dataclass(slots=True)
class Done:
    """What was removed so far. `left`: runs that were due and stay for now, as somebody had them in hand."""

    runs: int = 0
    partitions: int = 0
    left: int = 0


@contextmanager
def prune_lock(connection: Connection) -> Iterator[bool]:
    """-> whether nobody else prunes; nobody does for the length of the block then."""
    row = connection.execute(QUERIES["take_prune_lock"], [LOCK]).fetchone()
    is_ours = bool(row and row["is_ours"])
    try:
        yield is_ours
    finally:
        if is_ours and not connection.closed:
            connection.execute(QUERIES["give_prune_lock"], [LOCK])


def plan_of(connection: Connection, due: Sequence[int]) -> Plan:
    """`due`: run ids. Partitions of which nothing is left count as due, but not that of the newest runs."""
    wanted, plan = sorted(due), Plan()
    newest = _newest(connection)
    for first, after in sorted(partitions.ranges(connection)["result"]):
        part = wanted[bisect_left(wanted, first) : bisect_left(wanted, after)]
        if after <= newest and len(_between(connection, first, after)) == len(part):
            plan.partitions.append((first, after, part))
        else:
            plan.runs += part
    return plan


def step(connection: Connection, plan: Plan, done: Done) -> None:
    """Remove the next of what is planned, in one transaction, and take it off the plan. Raises psycopg.Error."""
    if plan.partitions:
        first, after, runs = plan.partitions.pop(0)
        if any(_drop_partition(connection, first, after, runs) for _ in range(TRIES)):
            done.runs += len(runs)
            done.partitions += 1
        else:
            plan.runs = sorted(plan.runs + runs)
        return
    portion = _portion(connection, plan.runs)
    del plan.runs[: len(portion)]
    removed = _remove_some(connection, portion)
    done.runs += removed
    done.left += len(portion) - removed


def _drop_partition(connection: Connection, first: int, after: int, runs: Sequence[int]) -> bool:
    """Whether the runs went, and their results with the partition; False where somebody is in the way.

    The locks that hold up others come last. A run's number is drawn with its table locked for writing: who has waited
    for the writers sees all runs that will ever belong here.
    """
    try:
        with connection.transaction():
            _set_lock_timeout(connection)
            if len(_lock(connection, runs)) != len(runs) or _remove(connection, runs) != len(runs):
                raise psycopg.Rollback
            connection.execute(QUERIES["wait_for_writers"])
            if after > _newest(connection) or _between(connection, first, after):
                raise psycopg.Rollback
            partitions.drop(connection, first)
            return True
    except (pg.LockNotAvailable, pg.DeadlockDetected):
        return False
    return False


def _remove_some(connection: Connection, runs: Sequence[int]) -> int:
    """How many went. A pin that comes while the runs are being locked is seen by the last statement."""
    try:
        with connection.transaction():
            _set_lock_timeout(connection)
            locked = _lock(connection, runs)
            for table in reversed(partitions.TABLES):
                delete = sql.SQL("DELETE FROM {} WHERE run_id = ANY (%s)").format(sql.Identifier(table))
                connection.execute(delete, [locked])
            if _remove(connection, locked) != len(locked):
                raise psycopg.Rollback
            return len(locked)
    except (pg.LockNotAvailable, pg.DeadlockDetected):
        return 0
    return 0


def _portion(connection: Connection, runs: Sequence[int]) -> list[int]:
    """The first of these runs, so many that the step is short."""
    some = list(runs[:RUNS_AT_ONCE])
    sizes = {row["id"]: row["results"] for row in connection.execute(QUERIES["results_of_due"], [some]).fetchall()}
    sums = accumulate(sizes.get(run, 0) for run in some)
    return some[: max(1, sum(total <= RESULTS_AT_ONCE for total in sums))]


def _lock(connection: Connection, runs: Sequence[int]) -> list[int]:
    return [row["id"] for row in connection.execute(QUERIES["lock_due_runs"], [list(runs)]).fetchall()]


def _remove(connection: Connection, runs: Sequence[int]) -> int:
    """How many runs went, with what refers to them."""
    return len(connection.execute(QUERIES["remove_old_runs"], [list(runs)]).fetchall())


def _between(connection: Connection, first: int, after: int) -> list[int]:
    return [row["id"] for row in connection.execute(QUERIES["runs_between"], [first, after]).fetchall()]


def _newest(connection: Connection) -> int:
    row = connection.execute(QUERIES["newest_run"]).fetchone()
    assert row is not None
    return int(row["id"])


def _set_lock_timeout(connection: Connection) -> None:
    milliseconds = sql.Literal(f"{LOCK_PATIENCE * 1000:.0f}ms")
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(milliseconds))
