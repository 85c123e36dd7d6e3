"""Tokens of jobs: what robots in them report with, so that an agent's own token stays with the agent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from livewall_dashboard.access.tokens import hash_of, new_text
from livewall_dashboard.base.errors import Conflict
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.postgres.database import Database

LATE = timedelta(minutes=10)
"""For how long a token is good that is asked for after the job's end; one that was there then ends no later, either."""


class JobTokens:
    """`on_change`: told when there is a new one. Raises Unavailable while Postgres is away."""

    def __init__(self, database: Database, on_change: Callable[[], None]) -> None:
        self._database = database
        self._on_change = on_change

    def give(self, job_id: UUID, setup: str) -> str:
        """A new one, for this job's runs on this setup; the job's former one is good no more.

        Raises Conflict where no agent has had the job, or its token was revoked.
        """
        text = new_text()
        values = {"job": job_id, "setup": setup, "digest": hash_of(text), "late": LATE}
        with self._database.connection() as connection:
            made = connection.execute(QUERIES["give_job_token"], values).fetchone()
        if made is None:
            raise Conflict(f"The job {job_id} has no agent, or its token was revoked.")
        self._on_change()
        return text

    def remove_ended(self) -> None:
        """Those that are over."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["remove_job_tokens"])
