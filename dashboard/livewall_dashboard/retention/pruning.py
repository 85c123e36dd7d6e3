"""One prune, from its plan to its end, a slice at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg.rows import dict_row

from livewall_dashboard.base.errors import Conflict, LivewallError
from livewall_dashboard.history.retention import prune
from livewall_dashboard.history.retention.prune import Done, Plan
from livewall_dashboard.history.retention.rules import due_runs, note_prune
from livewall_dashboard.postgres.database import Database, unavailable_when_away

Row = dict[str, Any]

STATEMENT_TIMEOUT = 120.0
"""Seconds that a question for what is due, or a step, may take."""


class BeingPruned(Conflict):
    """Somebody else does it."""


class NotAllowed(LivewallError):
    """The role of Postgres may not."""

    code = "not_allowed"


class Pruning:
    """By these rules. `due`: run ids by the number of the rule, once `look` has looked; `done`: what was removed."""

    def __init__(self, database: Database, rules: Sequence[Row]) -> None:
        self._database = database
        self._rules = rules
        self.due: dict[int, list[int]] = {}
        self.plan: Plan | None = None
        self.done = Done()

    @property
    def is_over(self) -> bool:
        return self.plan is not None and not self.plan

    def look(self) -> None:
        """Find out what is due. Raises LivewallError."""
        self._database.offload(self._with_connection, self._look)

    def go_on(self, seconds: float) -> None:
        """Remove for about so many seconds, or to the end. Raises LivewallError; what was removed stays removed."""

        def work(connection: psycopg.Connection[Row]) -> None:
            with prune.prune_lock(connection) as is_ours:
                if not is_ours:
                    raise BeingPruned("Somebody else prunes this history just now.")
                self._work(connection, time.monotonic() + seconds)

        self._database.offload(self._with_connection, work)

    def _look(self, connection: psycopg.Connection[Row]) -> None:
        self.due = due_runs(connection, self._rules)
        self.plan = prune.plan_of(connection, [run for runs in self.due.values() for run in runs])

    def _work(self, connection: psycopg.Connection[Row], until: float) -> None:
        if self.plan is None:
            self._look(connection)
        assert self.plan is not None
        while self.plan and time.monotonic() < until:
            prune.step(connection, self.plan, self.done)
        if not self.plan:
            note_prune(connection, self.done.runs)

    def _with_connection(self, work: Any) -> None:
        try:
            with unavailable_when_away(), closing(self._database.connect_writer(STATEMENT_TIMEOUT)) as connection:
                connection.autocommit = True
                connection.row_factory = dict_row
                work(connection)
        except pg.InsufficientPrivilege as error:
            raise NotAllowed(
                f"The role of this wall may not remove runs ({str(error).strip().partition(chr(10))[0]}): apply "
                "config/postgresql/roles.sql of this release again, or call `livewall prune` with the owner's "
                "--database-url."
            ) from error
