"""Register a process and its run: make the rows that its events will refer to."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.clock import offset_of, parse_time
from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.history.commits import run_commits
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.recording import ownership
from livewall_dashboard.history.recording.model import IMPORTED, SEALED, Position
from livewall_dashboard.history.results import partitions
from livewall_dashboard.history.retention.rules import NewRun, check_new_run
from livewall_listener import wire

Row = dict[str, Any]


@dataclass(slots=True, frozen=True)
class Registered:
    run_id: int
    position: Position
    partitions_until: int


@dataclass(slots=True, frozen=True)
class _StoredRun:
    """`setup` and `labels` are those it began with: a run does not move to another setup halfway. `token_id`: whose it
    is. `closed_at`: when it ended, where an output.xml completed it since, by the node's clock. `is_new`: made just
    now, with its process.
    """

    id: int
    setup: str
    labels: dict[str, str]
    token_id: int | None
    closed_at: datetime | None = None
    is_new: bool = False


def register(
    connection: psycopg.Connection[Row],
    run: str,
    setup: str,
    info: wire.RunInfo,
    received_at: datetime,
    partitions_until: int,
    writer: Token | None = None,
    root_suite: str = "",
    *,
    is_whole_set: bool = False,
) -> Registered:
    """Create or update the run and its process, within the caller's transaction; the same again changes nothing.

    `partitions_until`: the first run id known to have no partition. `writer`: the token shown, None where nobody is
    asked for one; the run is its from now on. `root_suite`: its name, "" where that is not known yet. `is_whole_set`:
    what comes is all there is of the run, and its labels are the run's. Raises `Invalid` for what Postgres cannot hold,
    `TooOld` for a new run that would not be kept, and `Forbidden`.
    """
    try:
        stored = _upsert_run(connection, run, setup, info, received_at, writer, root_suite, is_whole_set=is_whole_set)
        run_id = stored.id
        run_commits.link(connection, run_id, info.repository, info.commit)
        if run_id + partitions.AHEAD > partitions_until:
            partitions_until = partitions.provide(connection, run_id)
        if stored.is_new:
            position = Position(0, 0, None, False, [], setup, info.labels, stored.token_id)
        else:
            position, is_replaced = _upsert_process(connection, stored, info)
            if not (position.ended or is_replaced):
                connection.execute(QUERIES["reopen_run"], [run_id])
            connection.execute(QUERIES["sum_runs"], [[run_id], [received_at], [None]])
    except (ValueError, psycopg.DataError, psycopg.errors.ProgramLimitExceeded) as error:
        raise Invalid(f"The run cannot be stored: {str(error).strip()}") from error
    return Registered(run_id, position, partitions_until)


def _upsert_run(
    connection: psycopg.Connection[Row],
    run: str,
    setup: str,
    info: wire.RunInfo,
    received_at: datetime,
    writer: Token | None,
    root_suite: str,
    *,
    is_whole_set: bool,
) -> _StoredRun:
    token_id = writer.id if writer else None
    known = connection.execute(QUERIES["find_run"], [run]).fetchone()
    if known is None:
        ownership.check_setup(writer, run, setup)
        ownership.check_job(writer, run, info.job)
        values = _run_values(connection, setup, info, received_at)
        labels = json.dumps(info.labels, ensure_ascii=False)
        kept = NewRun(setup, info.branch, info.suite or root_suite or None, labels, values["sorted_at"])
        check_new_run(connection, kept, received_at)
        values |= {"key": run, "token": token_id, "name": root_suite, "process": info.process, "slot": info.slot}
        made = connection.execute(QUERIES["add_run"], values).fetchone()
        if made is not None:
            return _StoredRun(int(made["id"]), setup, info.labels, token_id, is_new=True)
        known = connection.execute(QUERIES["find_run"], [run]).fetchone()  # two processes of a run at once
        assert known is not None
    ownership.check_writer(connection, run, writer)
    stored = msgspec.convert(known["info"], wire.RunInfo, strict=False)
    if stored.process == info.process:
        merged = dataclasses.replace(
            info,
            total=max(info.total, stored.total),
            last_in_pool=info.last_in_pool or stored.last_in_pool,
            labels={**stored.labels, **info.labels} if is_whole_set else stored.labels,
            build=info.build or stored.build,
            job=info.job or stored.job,
        )
    else:
        merged = merge(stored, info)
    setup = _setup_of(connection, run)
    values = _run_values(connection, setup, merged, received_at)
    connection.execute(QUERIES["update_run"], {"id": known["id"], "token": token_id, **values})
    return _StoredRun(int(known["id"]), setup, merged.labels, token_id or known["token_id"], known["closed_at"])


def merge(stored: wire.RunInfo, news: wire.RunInfo) -> wire.RunInfo:
    """What the first process of a run said, with its gaps filled by what another says."""
    filled = {
        field.name: getattr(stored, field.name) or getattr(news, field.name)
        for field in dataclasses.fields(wire.RunInfo)
        if field.name not in ("process", "slot", "died")
    }
    return dataclasses.replace(stored, **{**filled, "total": max(stored.total, news.total)})


def _setup_of(connection: psycopg.Connection[Row], run: str) -> str:
    row = connection.execute(QUERIES["setup_of_run"], [run]).fetchone()
    assert row is not None
    return str(row["name"])


def _run_values(
    connection: psycopg.Connection[Row], setup: str, info: wire.RunInfo, received_at: datetime
) -> dict[str, Any]:
    started_at = parse_time(info.started_at) if info.started_at else received_at
    node_is_behind = offset_of(info.sent_at, received_at)
    return {
        **_numbers(connection, setup, info),
        "branch": info.branch,
        "suite": info.suite or None,
        "build_url": info.build.url if info.build else "",
        "announced": info.total,
        "started_at": started_at,
        "sorted_at": min(started_at + node_is_behind, received_at),  # a clock may have been set back meanwhile
        "received_at": received_at,
        "info": Jsonb(dataclasses.asdict(info)),
    }


def _numbers(connection: psycopg.Connection[Row], setup: str, info: wire.RunInfo) -> Row:
    """Of the run's setup, configuration and commit."""
    labels = json.dumps(info.labels, ensure_ascii=False)
    told = {"setup": setup, "labels": labels, "repository": info.repository, "branch": info.branch, "hash": info.commit}
    numbers: Row = {}
    while not all(numbers.get(name) for name in ("setup", "configuration", *(["commit"] if info.commit else []))):
        numbers = connection.execute(QUERIES["intern_words"], told).fetchone() or {}
    return {**numbers, "commit": numbers["commit"] if info.commit else None}


def _upsert_process(connection: psycopg.Connection[Row], run: _StoredRun, info: wire.RunInfo) -> tuple[Position, bool]:
    """The process's position, and whether another one took its place."""
    run_id = run.id
    processes = connection.execute(QUERIES["processes_of_run"], [run_id]).fetchall()
    own = next((process for process in processes if process["name"] == info.process), None)
    as_json = Jsonb(dataclasses.asdict(info))
    if own is None:
        no = len(processes)
        connection.execute(QUERIES["add_process"], [run_id, no, info.process, info.slot, as_json])
        own = {"no": no, "slot": info.slot, "superseded": False, "ended": False, "last_seq": 0, "live": None}
        if _is_held_otherwise(run, processes, info):
            connection.execute(QUERIES["close_late_process"], [SEALED, run_id, no])
            own |= {"superseded": True, "ended": True, "last_seq": SEALED}
    else:
        connection.execute(QUERIES["update_process_info"], [as_json, run_id, own["no"]])
    replaced = [
        process for process in processes if own["slot"] and process["slot"] == own["slot"] and process["no"] < own["no"]
    ]
    if any(not process["superseded"] for process in replaced):
        connection.execute(QUERIES["supersede"], [run_id, [process["no"] for process in replaced]])
    names = [process["name"] for process in replaced]
    position = Position(
        own["no"], own["last_seq"], own["live"], own["ended"], names, run.setup, run.labels, run.token_id
    )
    return position, own["superseded"]


def _is_held_otherwise(run: _StoredRun, processes: list[Row], info: wire.RunInfo) -> bool:
    """Whether a file of the whole run brought what this process, unknown till now, did at the time."""
    from_file = any(process["name"] == IMPORTED and not process["superseded"] for process in processes)
    return bool(from_file and run.closed_at and info.started_at and parse_time(info.started_at) <= run.closed_at)
