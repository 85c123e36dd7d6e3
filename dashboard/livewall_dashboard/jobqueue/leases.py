"""Agents that are gone: what they had taken is run again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from uuid import UUID, uuid4

from psycopg import Connection

from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.jobqueue.topics import Topics
from livewall_dashboard.postgres.database import Database, Row

LEASE = 15 * 60.0
"""Seconds without a word of its agent after which a job is lost. Agents ask after their job every ten seconds."""
QUIET = 4 * 3600.0
"""Seconds of the phases in which Testflinger's agent asks nothing: to provision a device may take hours."""
RENEW_EACH = 10.0
"""Seconds between two looks whether a job's lease is to be longer."""
REMEMBERED = 10_000
"""Jobs."""
LOOK_EACH = 5.0
GAP = 60.0
"""Seconds since the last look after which it was us, or Postgres, who was away, and agents could not speak."""
FREE_RETRIES = 5
"""Of a job that was lost before its first phase, whatever its retries are."""

log = logging.getLogger(__name__)


class Leases:
    """Raises Unavailable while Postgres is away."""

    def __init__(
        self,
        database: Database,
        *,
        lease: float = LEASE,
        clock: Callable[[], float] = monotonic,
        topics: Topics | None = None,
    ) -> None:
        self._database = database
        self._topics = topics or Topics()
        self._lease = lease
        self._clock = clock
        self._looked_at = float("-inf")
        self._renewed: dict[tuple[UUID, str | None], float] = {}

    def extend_all(self) -> None:
        """Agents could not speak: their time begins anew."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["extend_all_leases"], {"lease": self._lease})
        self._looked_at = self._clock()

    def expire(self) -> None:
        """Ends jobs whose lease is over."""
        if self._clock() - self._looked_at > GAP:
            self.extend_all()
        with self._database.connection() as connection:
            expired = [row["id"] for row in connection.execute(QUERIES["expired_jobs"]).fetchall()]
            for job_id in expired:
                lose(connection, job_id, "Nothing was heard of its agent any more.")
        if expired:
            self._topics.note_jobs(*expired)
        self._looked_at = self._clock()

    def renew(self, job_id: UUID, by: str | None = None) -> None:
        """Its agent has said something: not noted of each word of an agent that says much.

        `by`: who has asked, perhaps another agent, who does not keep the job alive; None: its own, without doubt.
        """
        now = self._clock()
        if now < self._renewed.get((job_id, by), float("-inf")) + min(RENEW_EACH, self._lease / 4):
            return
        with self._database.connection() as connection:
            values = {"id": job_id, "by": by, "lease": self._lease, "quiet": QUIET}
            connection.execute(QUERIES["renew_lease"], values)
        if len(self._renewed) >= REMEMBERED:
            self._renewed.clear()
        self._renewed[job_id, by] = now

    def lose_of(self, agent: str) -> None:
        """It waits for a job, so what it had is lost."""
        with self._database.connection() as connection:
            held = lose_all(connection, agent)
        if held:
            self._topics.note_jobs(*held)


def lose_all(connection: Connection[Row], agent: str) -> list[UUID]:
    """All that it had -> their ids."""
    held = [row["id"] for row in connection.execute(QUERIES["held_jobs"], [agent]).fetchall()]
    for job_id in held:
        lose(connection, job_id, f"Its agent {agent} came back without it.", now=True)
    return held


def lose(connection: Connection[Row], job_id: UUID, reason: str, *, now: bool = False) -> None:
    """Unless it has ended. `now`: also before its lease is over."""
    values = {"id": job_id, "reason": reason, "again": uuid4(), "now": now, "free": FREE_RETRIES}
    lost = connection.execute(QUERIES["lose_job"], values).fetchone()
    if lost:
        again = f"it is run again as {lost['again']}" if lost["again"] else "it is not run again"
        log.warning("Job %s of agent %s is lost: %s %s.", job_id, lost["agent"] or "unknown", reason, again)
