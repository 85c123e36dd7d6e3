"""Builds and the jobs that make them, in Postgres."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from livewall_dashboard.base.feature import nothing
from livewall_dashboard.branches.build_job import BuildOrder
from livewall_dashboard.branches.build_store import BuildStore
from livewall_dashboard.branches.queries import QUERIES
from livewall_dashboard.postgres.database import Database, Row


@dataclass(frozen=True, slots=True)
class BuildOfJob:
    number: int
    state: str
    job_id: UUID


@dataclass(frozen=True, slots=True)
class Finish:
    """How a build ended by itself."""

    number: int
    result: str
    reason: str = ""
    warnings: int = 0
    errors: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None


class BuildJobStore:
    """Raises Unavailable while Postgres is away. `on_change`: called once something else can be read."""

    def __init__(self, database: Database, builds: BuildStore, on_change: Callable[[], object] = nothing) -> None:
        self._database = database
        self._builds = builds
        self._on_change = on_change

    def order(self, number: int) -> BuildOrder:
        """Raises NotFound."""
        row = self._builds.build(number)
        members = self._builds.members([number]).get(number, [])
        return BuildOrder(number, row["project"], row["bundle"], row["is_sticky"], row["plan"] or {}, members)

    def state(self, number: int) -> str:
        """Raises NotFound."""
        state: str = self._builds.build(number)["state"]
        return state

    def next_ones(self, most: int) -> list[int]:
        """Those that are due and have no job, in their order."""
        return [row["number"] for row in self._rows("next_to_hand_over", [most])]

    def of_jobs(self) -> list[BuildOfJob]:
        return [BuildOfJob(**row) for row in self._rows("builds_of_jobs", [])]

    def ended_early(self) -> list[BuildOfJob]:
        """Those that ended lately without a result of their own."""
        return [BuildOfJob(**row) for row in self._rows("ended_jobs", [])]

    def give_job(self, number: int, job: UUID) -> bool:
        """Whether it is its job now."""
        is_given = bool(self._rows("give_job", {"number": number, "job": job}))
        self._on_change()
        return is_given

    def follow_job(self, number: int, job: UUID, again: UUID) -> None:
        """It is run again, as another one."""
        with self._database.connection() as connection, connection.transaction():
            values = {"number": number, "job": job, "again": again}
            if connection.execute(QUERIES["follow_job"], values).fetchone():
                connection.execute(QUERIES["reset_steps"], [number])
        self._on_change()

    def begin(self, number: int, started_at: datetime | None) -> None:
        self._rows("begin_build", {"number": number, "started_at": started_at})
        self._on_change()

    def note_steps(self, number: int, rows: Iterable[Row]) -> None:
        """`no`, `status`, `exit_code`, `elapsed_time` of each."""
        self._execute_each("note_step", [{"number": number, **row} for row in rows])

    def note_findings(self, number: int, rows: Sequence[Mapping[str, Any]]) -> None:
        """And `first_error`, `diagnostics`, `warnings`, `errors`, `lines`."""
        made = [
            {
                "number": number,
                **row,
                "first_error": Jsonb(row["first_error"]) if row["first_error"] else None,
                "diagnostics": Jsonb(row["diagnostics"]),
            }
            for row in rows
        ]
        self._execute_each("note_findings", made)

    def link_runs(self, number: int, runs: Iterable[str], own: str | None) -> None:
        self._execute_each("link_run", [{"number": number, "run": run, "is_own": run == own} for run in runs])

    def finish(self, finish: Finish) -> bool:
        """Whether it had not ended otherwise meanwhile."""
        values = {
            "number": finish.number, "result": finish.result, "reason": finish.reason, "warnings": finish.warnings,
            "errors": finish.errors, "started_at": finish.started_at, "ended_at": finish.ended_at,
        }  # fmt: skip
        with self._database.connection() as connection, connection.transaction():
            ended = connection.execute(QUERIES["finish_build"], values).fetchone() is not None
            if ended:
                connection.execute(QUERIES["end_steps"], [finish.number])
        self._on_change()
        return ended

    def _execute_each(self, name: str, values: Sequence[Row]) -> None:
        if values:
            with self._database.connection() as connection, connection.cursor() as cursor:
                cursor.executemany(QUERIES[name], values)
            self._on_change()

    def _rows(self, name: str, values: Any) -> list[Row]:
        with self._database.connection() as connection:
            return connection.execute(QUERIES[name], values).fetchall()
