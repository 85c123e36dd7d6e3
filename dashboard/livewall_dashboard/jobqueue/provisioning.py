"""How provisioning goes: an agent that fails twice is taken out, and the job is tried on another."""

from __future__ import annotations

import hashlib
import logging
from uuid import UUID

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.jobqueue.bodies import dumps
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.jobqueue.topics import Topics
from livewall_dashboard.postgres.database import Database

NOTE = "Provisioning failed twice in a row: look at it, then let it go on."

log = logging.getLogger(__name__)


class Provisioning:
    """Raises Unavailable while Postgres is away."""

    def __init__(self, database: Database, jobs: JobStore, *, topics: Topics | None = None) -> None:
        self._database = database
        self._topics = topics or Topics()
        self._jobs = jobs

    def note(self, agent: str, job_id: UUID, exit_code: int, detail: str) -> None:
        """Raises NotFound for an agent that is not known."""
        job = self._jobs.find(job_id)
        image = hashlib.sha256(dumps((job.definition if job else {}).get("provision_data")).encode()).hexdigest()
        values = {"agent": agent, "job_id": job_id, "exit_code": exit_code, "detail": detail, "image": image}
        with self._database.connection() as connection:
            if connection.execute(QUERIES["put_provision_log"], values).fetchone() is None:
                raise NotFound(f"There is no agent {agent[:200]!r}.")
            if exit_code == 0:
                return
            failing = connection.execute(QUERIES["is_failing"], values).fetchone()
            if not failing or not failing["failing"]:
                return
            pause = {"name": agent, "paused": True, "until": None, "note": NOTE}
            connection.execute(QUERIES["pause_agent"], pause)
        self._topics.note_agents()
        log.warning("Agent %s is paused: provisioning failed twice in a row, the last time for job %s.", agent, job_id)
        if job is not None and job.retried_as is None:
            self._jobs.run_again(job_id, job.token_id, excluding=agent)
