"""One commit: the events of many processes, and the new states of runs, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Json

from livewall_dashboard.base.run_status import Evidence, State, status_of
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.recording import verify
from livewall_dashboard.history.recording.model import ProcessKey, StateChange
from livewall_dashboard.history.recording.work import ProcessWork
from livewall_dashboard.history.results import copy
from livewall_dashboard.history.results.names import Names

Connection = psycopg.Connection[Any]


@dataclass(slots=True)
class Outcome:
    """`stored`: the last event now in Postgres, by process. `strayed`: processes that Postgres has elsewhere than we
    thought; nothing of them was stored.
    """

    stored: dict[ProcessKey, int] = field(default_factory=dict)
    strayed: list[ProcessKey] = field(default_factory=list)


def commit(
    connection: Connection,
    names: Names,
    works: Sequence[ProcessWork],
    changes: Sequence[StateChange],
    *,
    replace: bool,
    lock_timeout: float | None = None,
) -> Outcome:
    """Store all of it or nothing. Raises psycopg.Error, or ValueError for what Postgres cannot hold.

    With `replace` a test whose id is stored already takes the place of the former one; without, which is faster, that
    is an error. `lock_timeout`: seconds to wait for what others have locked, if other than the connection's.
    """
    try:
        with connection.transaction():
            if lock_timeout is not None:
                milliseconds = sql.Literal(f"{lock_timeout * 1000:.0f}ms")
                connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(milliseconds))
            outcome = _store(connection, names, works, changes, replace)
    except BaseException:
        names.rolled_back()
        raise
    names.committed()
    return outcome


def _store(
    connection: Connection, names: Names, works: Sequence[ProcessWork], changes: Sequence[StateChange], replace: bool
) -> Outcome:
    # Runs first, then processes: the order in which a registration takes them too, so that nobody waits in a circle.
    run_ids = {work.run_id for work in works}
    locked = connection.execute(QUERIES["lock_runs"], [list(run_ids), [change.run for change in changes]]).fetchall()
    states: dict[int, State] = {run_id: state for run_id, _, state, _ in locked}
    run_id_of: dict[str, int] = {key: run_id for run_id, key, _, is_closed in locked if not is_closed}
    works, outcome = _advance(connection, works)
    _store_results(connection, names, works, replace)
    _store_suites(connection, names, works)
    _correct(connection, works)
    if replace:
        for work in works:
            connection.execute(QUERIES["recount_process"], {"run_id": work.run_id, "no": work.no})
    for work in works:
        if work.end is not None:
            verify.end_process(connection, work.run_id, work.no, work.end)
    known_changes = [(run_id_of[change.run], change) for change in changes if change.run in run_id_of]
    _change_states(connection, states, works, known_changes)
    return outcome


def _advance(connection: Connection, works: Sequence[ProcessWork]) -> tuple[list[ProcessWork], Outcome]:
    """Move the cursors of the processes, and leave out those whose cursor is not where we thought it was."""
    if not works:
        return [], Outcome()
    rows = [
        {
            "run_id": work.run_id,
            "no": work.no,
            "stored_seq": work.stored_seq,
            "last_seq": work.last_seq,
            "live": work.live,
            "total": work.total,
            "passed": work.counts[0],
            "failed": work.counts[1],
            "skipped": work.counts[2],
            "lost": work.lost,
        }
        for work in works
    ]
    moved = set(connection.execute(QUERIES["advance_processes"], [Json(rows)]).fetchall())
    kept = [work for work in works if (work.run_id, work.no) in moved]
    strayed = [work.key for work in works if (work.run_id, work.no) not in moved]
    return kept, Outcome({work.key: work.last_seq for work in kept}, strayed)


def _store_results(connection: Connection, names: Names, works: Sequence[ProcessWork], replace: bool) -> None:
    if not any(work.tests for work in works):
        return
    rows = [(work.run_id, work.no, *row) for work in works for row in work.tests.values()]
    events = [row[-1] for row in rows]
    test_ids = names.tests.resolve(connection, [(event.longname, event.name) for event in events])
    tag_ids = names.tag_sets.resolve(connection, [tuple(event.tags) for event in events])
    if replace:
        connection.execute(QUERIES["create_arriving"])
    with connection.cursor().copy(QUERIES["copy_arriving" if replace else "copy_results"]) as stream:
        for piece in copy.encode(rows, test_ids, tag_ids):
            stream.write(piece)
    if replace:
        connection.execute(QUERIES["replace_results"])


def _store_suites(connection: Connection, names: Names, works: Sequence[ProcessWork]) -> None:
    started = [(work, seq, event) for work in works for seq, event in work.suites.values()]
    if started:
        ids = names.suites.resolve(connection, [(event.longname, event.name) for _, _, event in started])
        rows = [
            {
                "run_id": work.run_id,
                "process_no": work.no,
                "id": event.id,
                "suite_id": number,
                "seq": seq,
                "source": event.source,
                "doc": event.doc,
                "metadata": event.metadata,
                "test_count": event.test_count,
                "start_time": event.start_time,
            }
            for number, (work, seq, event) in zip(ids, started, strict=True)
        ]
        connection.execute(QUERIES["start_suites"], [Json(rows)])
        for work, _, event in started:
            if "-" not in event.id:
                connection.execute(QUERIES["name_run"], {"id": work.run_id, "name": event.name})
    ended = [
        {
            "run_id": work.run_id,
            "process_no": work.no,
            "id": event.id,
            "status": event.status,
            "message": event.message,
            "elapsed_time": event.elapsed_time,
            "setup": event.setup,
            "teardown": event.teardown,
            "doc": event.doc,
            "metadata": event.metadata,
        }
        for work in works
        for event in work.suite_ends.values()
    ]
    if ended:
        connection.execute(QUERIES["end_suites"], [Json(ended)])


def _correct(connection: Connection, works: Sequence[ProcessWork]) -> None:
    tests = [
        {"run_id": work.run_id, "process_no": work.no, "id": test_id, "status": status, "message": message or None}
        for work in works
        for test_id, (status, message) in work.corrections.items()
    ]
    if tests:
        connection.execute(QUERIES["correct_results"], [Json(tests)])
    suites = [
        {
            "run_id": work.run_id,
            "process_no": work.no,
            "id": event.id,
            "status": event.status,
            "message": event.message,
        }
        for work in works
        for event in work.suite_corrections.values()
    ]
    if suites:
        connection.execute(QUERIES["correct_suites"], [Json(suites)])


def _change_states(
    connection: Connection,
    states: dict[int, State],
    works: Sequence[ProcessWork],
    changes: Sequence[tuple[int, StateChange]],
) -> None:
    news: dict[int, datetime] = {}
    for work in works:
        news[work.run_id] = max(work.received_at, news.get(work.run_id, work.received_at))
    before = dict(states)
    for run_id, change in changes:
        states[run_id] = change.state
        if change.state == "running":
            news[run_id] = max(change.at, news.get(run_id, change.at))
    touched = {work.run_id for work in works} | {run_id for run_id, _ in changes}
    if touched:
        now = {run_id: states[run_id] for run_id in touched}
        settle(connection, before, now, news, {run_id: change.at for run_id, change in changes})


def settle(
    connection: Connection,
    before: Mapping[int, State],
    now: Mapping[int, State],
    news: Mapping[int, datetime],
    changed_at: Mapping[int, datetime],
) -> None:
    """Make of what the processes of these runs hold what the runs are.

    Run ids with the states the runs had `before` and have `now`; `news`: when somebody was heard of, `changed_at`: when
    the state changed; one of both is there for each run.
    """
    ended_at = {run_id: changed_at.get(run_id) or news[run_id] for run_id in now}  # also late events of one that ended
    sum_runs(connection, now, news, ended_at)
    for run_id, state in now.items():
        if state != "running":
            connection.execute(QUERIES["note_tags"], {"id": run_id})
        if state == "finished" and before[run_id] != "finished":
            connection.execute(QUERIES["learn_durations"], [run_id])
            connection.execute(QUERIES["drop_live_of_run"], [run_id])


def settle_again(connection: Connection) -> None:
    """Runs that an earlier release stored as PASS or SKIP although something of them is missing."""
    last = 0
    while True:
        with connection.transaction():
            run_ids = [run_id for (run_id,) in connection.execute(QUERIES["doubtful_runs"], [last]).fetchall()]
            if not run_ids:
                return
            sum_runs(connection, dict.fromkeys(run_ids), {}, {})
        last = run_ids[-1]


def sum_runs(
    connection: Connection,
    states: Mapping[int, State | None],
    news: Mapping[int, datetime],
    ended_at: Mapping[int, datetime],
) -> None:
    """Store the states of runs, None for that which one has, and what their processes make of them: the counts and, of
    those that are over, the status and their end: `ended_at` where nothing of them says when that was.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        told = [list(states), [news.get(run_id) for run_id in states], list(states.values())]
        rows = cursor.execute(QUERIES["sum_runs"], told).fetchall()
        over = {row.pop("id"): Evidence(**row) for row in rows if row["state"] != "running"}
        if over:
            statuses = [status_of(evidence) for evidence in over.values()]
            cursor.execute(QUERIES["end_runs"], [list(over), statuses, [ended_at.get(run_id) for run_id in over]])
