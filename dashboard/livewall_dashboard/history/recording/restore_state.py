"""Restore the wall's state after a restart: read the runs still open and the last one of each setup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from livewall_dashboard.base.run_status import COUNTS
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.recording.model import Failure, LastRun, OpenProcess, OpenRun
from livewall_listener import wire

Row = dict[str, Any]
Connection = psycopg.Connection[Row]


def open_runs(connection: Connection, key: str | None = None) -> tuple[list[OpenRun], dict[str, int]]:
    """Runs that run or were abandoned within a day, the oldest first; and the numbers of all by key.

    Not those of setups that were forgotten since. With `key` that one alone, if it is open.
    """
    rows = connection.execute(QUERIES["open_runs"], {"run": key}).fetchall()
    processes: dict[int, list[OpenProcess]] = {row["id"]: [] for row in rows}
    for row in connection.execute(QUERIES["processes_of_runs"], [list(processes)]).fetchall():
        run_id = row.pop("run_id")
        same = {name: row[name] for name in ("name", "no", "slot", "last_seq", "live", "ended", "superseded",
                                             "warnings", "errors", "lost", "missing")}  # fmt: skip
        processes[run_id].append(OpenProcess(**same, info=run_info(row["info"]), counts=counts(row)))
    runs = [
        OpenRun(
            row["key"],
            row["setup"],
            row["state"],
            run_info(row["info"]),
            row["sorted_at"],
            row["last_news_at"],
            row["token_id"],
            row["verification"],
            row["missing_failures"],
            processes[row["id"]],
        )
        for row in rows
    ]
    return runs, {row["key"]: row["id"] for row in rows}


def last_runs(connection: Connection, configured: Sequence[str], since: datetime | None) -> list[LastRun]:
    """The latest ended run of each setup, by setup's name, with its last five failures, newest first.

    Of setups that are not `configured`, only those with news after `since`, and after they were forgotten.
    """
    rows = connection.execute(QUERIES["last_runs"], {"configured": list(configured), "since": since}).fetchall()
    failures: dict[int, list[Failure]] = {row["id"]: [] for row in rows}
    for row in connection.execute(QUERIES["last_failures"], [list(failures)]).fetchall():
        failures[row.pop("run_id")].append(Failure(**row))
    return [_last_run(row, failures[row["id"]]) for row in rows]


def run_info(stored: dict[str, Any]) -> wire.RunInfo:
    """A run's information as stored, maybe by another version."""
    return msgspec.convert(stored, wire.RunInfo, strict=False)


def counts(row: Row) -> dict[str, int]:
    return {name: row[name] for name in COUNTS}


def _last_run(row: Row, failures: list[Failure]) -> LastRun:
    same = ("setup", "state", "status", "verification", "name", "branch", "labels", "warnings", "errors", "lost",
            "missing", "missing_failures", "processes", "started_at", "ended_at", "sorted_at", "received_at",
            "last_news_at")  # fmt: skip
    return LastRun(
        run=row["key"],
        commit=row["commit"] or "",
        repository=row["repository"] or "",
        counts=counts(row),
        info=run_info(row["info"]),
        failures=failures,
        **{name: row[name] for name in same},
    )
