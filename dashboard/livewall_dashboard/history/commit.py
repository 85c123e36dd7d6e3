"""One commit: the events of many processes, and the new states of runs, in one transaction."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from livewall_dashboard.history import copy, verify
from livewall_dashboard.history.model import ProcessKey, State, StateChange
from livewall_dashboard.history.names import Names
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.work import ProcessWork
from livewall_listener import wire

Connection = psycopg.Connection[Any]


@dataclass(slots=True)
class Outcome:
    """`stored`: the last event now in Postgres, by process. `strayed`: processes that Postgres has elsewhere than we
    thought; nothing of them was stored.
    """

    stored: dict[ProcessKey, int] = field(default_factory=dict)
    strayed: list[ProcessKey] = field(default_factory=list)


def commit(
    connection: Connection, names: Names, works: Sequence[ProcessWork], changes: Sequence[StateChange], *, replace: bool
) -> Outcome:
    """Store all of it or nothing. Raises psycopg.Error, or ValueError for what Postgres cannot hold.

    With `replace` a test whose id is stored already takes the place of the former one; without, which is faster, that
    is an error.
    """
    try:
        with connection.transaction():
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
    states: dict[int, State] = {run_id: state for run_id, _, state in locked}
    run_id_of: dict[str, int] = {key: run_id for run_id, key, _ in locked}
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
    columns = [
        [work.run_id for work in works],
        [work.no for work in works],
        [work.stored_seq for work in works],
        [work.last_seq for work in works],
        [None if work.live is None else json.dumps(work.live) for work in works],
        [work.total for work in works],
        [work.counts[0] for work in works],
        [work.counts[1] for work in works],
        [work.counts[2] for work in works],
        [work.lost for work in works],
    ]
    moved = set(connection.execute(QUERIES["advance_processes"], columns).fetchall())
    kept = [work for work in works if (work.run_id, work.no) in moved]
    strayed = [work.key for work in works if (work.run_id, work.no) not in moved]
    return kept, Outcome({work.key: work.last_seq for work in kept}, strayed)


def _store_results(connection: Connection, names: Names, works: Sequence[ProcessWork], replace: bool) -> None:
    if not any(work.tests for work in works):
        return
    events = [row.event for work in works for row in work.tests.values()]
    test_ids = names.tests.resolve(connection, ((event.longname, event.name) for event in events))
    tag_ids = names.tag_sets.resolve(connection, (tuple(event.tags) for event in events))
    rows = (line for work in works for line in copy.lines(work, test_ids, tag_ids))
    if replace:
        connection.execute(QUERIES["create_arriving"])
    with connection.cursor().copy(QUERIES["copy_arriving" if replace else "copy_results"]) as stream:
        for piece in copy.encode(rows):
            stream.write(piece)
    if replace:
        connection.execute(QUERIES["replace_results"])


def _store_suites(connection: Connection, names: Names, works: Sequence[ProcessWork]) -> None:
    started = [(work, seq, event) for work in works for seq, event in work.suites.values()]
    if started:
        ids = names.suites.resolve(connection, ((event.longname, event.name) for _, _, event in started))
        rows = [
            (work.run_id, work.no, event.id, ids[event.longname, event.name], seq, event.source, event.doc,
             json.dumps(event.metadata), event.test_count, event.start_time)
            for work, seq, event in started
        ]  # fmt: skip
        connection.execute(QUERIES["start_suites"], _columns(rows))
        for work, _, event in started:
            if "-" not in event.id:
                connection.execute(QUERIES["name_run"], {"id": work.run_id, "name": event.name})
    ended = [
        (work.run_id, work.no, event.id, event.status, event.message, event.elapsed_time,
         _phase(event.setup), _phase(event.teardown))
        for work in works
        for event in work.suite_ends.values()
    ]  # fmt: skip
    if ended:
        connection.execute(QUERIES["end_suites"], _columns(ended))


def _correct(connection: Connection, works: Sequence[ProcessWork]) -> None:
    tests = [
        (work.run_id, work.no, test_id, status, message or None)
        for work in works
        for test_id, (status, message) in work.corrections.items()
    ]
    if tests:
        connection.execute(QUERIES["correct_results"], _columns(tests))
    suites = [
        (work.run_id, work.no, event.id, event.status, event.message)
        for work in works
        for event in work.suite_corrections.values()
    ]
    if suites:
        connection.execute(QUERIES["correct_suites"], _columns(suites))


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
        connection.execute(QUERIES["set_state"], {"id": run_id, "state": change.state})
        if change.state == "running":
            news[run_id] = max(change.at, news.get(run_id, change.at))
    touched = {work.run_id for work in works} | {run_id for run_id, _ in changes}
    if not touched:
        return
    connection.execute(QUERIES["sum_runs"], [list(touched), [news.get(run_id) for run_id in touched]])
    changed_at = {run_id: change.at for run_id, change in changes}
    for run_id in touched:
        # Also of a run that ended before, when events of it arrive late.
        if run_id in changed_at or states[run_id] != "running":
            connection.execute(QUERIES["end_run"], {"id": run_id, "at": changed_at.get(run_id) or news[run_id]})
        if states[run_id] == "finished" and before[run_id] != "finished":
            connection.execute(QUERIES["learn_durations"], [run_id])
            connection.execute(QUERIES["drop_live_of_run"], [run_id])


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _phase(phase: wire.Phase | None) -> str | None:
    return None if phase is None else json.dumps(dataclasses.asdict(phase))
