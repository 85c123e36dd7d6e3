"""Jobs in Postgres: submitted, claimed by one agent each, ended once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from livewall_dashboard.base.batches import Batches
from livewall_dashboard.base.errors import BadRequest, NotFound
from livewall_dashboard.jobqueue.bodies import dumps
from livewall_dashboard.jobqueue.errors import invalid
from livewall_dashboard.jobqueue.leases import LEASE, lose_all
from livewall_dashboard.jobqueue.model import ANY_QUEUE, Claimant, Submission
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.jobqueue.topics import Topics
from livewall_dashboard.postgres.database import Database

MOST_LISTED = 1000
REMOVED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Job:
    """A job's row, as `schema.sql` has it."""

    id: UUID
    no: int
    queue: str
    priority: int
    state: str
    end_reason: str
    definition: dict[str, Any]
    name: str
    tags: list[str]
    wants: dict[str, str]
    excluded: list[str]
    attachments_status: str | None
    retry_of: UUID | None
    retried_as: UUID | None
    retries_left: int | None
    token_id: int | None
    agent: str | None
    lease_until: datetime | None
    reserved_until: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    origin: UUID | None


class JobStore:
    """Raises Unavailable while Postgres is away."""

    def __init__(self, database: Database, *, lease: float = LEASE, topics: Topics | None = None) -> None:
        self._database = database
        self._lease = lease
        self._topics = topics or Topics()
        self._claims = Batches(self._claim_together)

    def submit(self, job: Submission, token_id: int | None) -> UUID:
        """The same again is the same job. Raises BadRequest for the id of another, Invalid if no agent may take it."""
        values = {
            "id": job.id, "queue": job.queue, "priority": job.priority, "definition": dumps(job.definition),
            "name": job.name, "tags": list(job.tags), "wants": Jsonb(job.wants or {}), "excluded": list(job.excluded),
            "awaits_attachments": job.awaits_attachments, "retries": job.retries, "token_id": token_id,
        }  # fmt: skip
        with self._database.connection() as connection:
            if job.excluded and job.queue != ANY_QUEUE:
                willing = connection.execute(
                    QUERIES["has_willing_agent"], {"excluded": list(job.excluded), "queue": job.queue}
                ).fetchone()
                if willing and not willing["has"]:
                    raise invalid("exclude_agents", f"All agents of the queue {job.queue!r} are excluded.")
            made = connection.execute(QUERIES["submit_job"], values).fetchone()
        if made is None and self.get(job.id).definition != job.definition:
            raise BadRequest(f"There is already a job {job.id}, and it is another one.")
        self._topics.note_jobs(job.id)
        return job.id

    def find(self, job_id: UUID) -> Job | None:
        with self._database.connection() as connection, connection.cursor(row_factory=class_row(Job)) as cursor:
            return cursor.execute(QUERIES["job"], [job_id]).fetchone()

    def get(self, job_id: UUID) -> Job:
        """Raises NotFound."""
        job = self.find(job_id)
        if job is None:
            raise NotFound(f"There is no job {job_id}.")
        return job

    def claim(self, claimant: Claimant) -> Job | None:
        """The first job for this agent, its own from then on; None where there is none, or it must not have one."""
        job, is_holding = self._claims.ask(claimant)
        if is_holding:
            with self._database.connection() as connection:
                self._topics.note_jobs(*lose_all(connection, claimant.name))
            job, _ = self._claims.ask(claimant)
        if job is not None:
            self._topics.note_jobs(job.id)
        return job

    def _claim_together(self, claimants: Sequence[Claimant]) -> list[tuple[Job | None, bool]]:
        """For each a job, and whether it has none because it holds one that it knows nothing of."""
        asked = [{"name": claimant.name, "queues": list(claimant.queues)} for claimant in claimants]
        with self._database.connection() as connection:
            rows = connection.execute(QUERIES["claim_jobs"], {"asked": Jsonb(asked), "lease": self._lease}).fetchall()
        return [
            (Job(**row) if row["id"] else None, is_holding) for row in rows for is_holding in [row.pop("is_holding")]
        ]

    def note_attachments(self, job_id: UUID) -> None:
        """They have come: agents may take it."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["attachments_came"], [job_id])
        self._topics.note_jobs(job_id)

    def wait_times(self, queues: Sequence[str]) -> dict[str, list[float]]:
        """By queue, seconds below which 5, 10, 50, 90 and 95 percent of jobs waited. No queues: of all."""
        with self._database.connection() as connection:
            rows = connection.execute(QUERIES["wait_times"], {"queues": list(queues)}).fetchall()
        return {row["queue"]: row["waits"] for row in rows}

    def run_again(self, job_id: UUID, token_id: int | None, *, excluding: str = "") -> UUID:
        """The same definition under another id. `excluding`: an agent that must not take it. Raises NotFound."""
        values = {"id": job_id, "again": uuid4(), "token_id": token_id, "excluding": excluding}
        with self._database.connection() as connection, connection.transaction():
            made = connection.execute(QUERIES["run_again"], values).fetchone()
            if made is None:
                raise NotFound(f"There is no job {job_id}.")
            connection.execute(QUERIES["note_retry"], values)
        again = UUID(str(made["id"]))
        self._topics.note_jobs(job_id, again)
        return again

    def remove_ended(self, before: datetime | None) -> int:
        """Some of those whose runs are gone, or that had none and ended before, with all that is of them -> how many.

        0 when there is none left. `before` None: no job goes for its age.
        """
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["remove_jobs"], [before, REMOVED_AT_ONCE]).fetchone()
        self._topics.note_jobs()
        return row["count"] if row else 0

    def give_back(self, job: Job) -> None:
        """A claim that its agent will not hear of: the job waits again."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["give_back_job"], {"id": job.id, "agent": job.agent})
        self._topics.note_jobs(job.id)

    def cancel(self, job_id: UUID, reason: str = "") -> Job:
        """Raises NotFound, and BadRequest for one that has ended."""
        with self._database.connection() as connection, connection.cursor(row_factory=class_row(Job)) as cursor:
            ended = cursor.execute(
                QUERIES["end_job"], {"id": job_id, "state": "cancelled", "reason": reason}
            ).fetchone()
        if ended is None:
            raise BadRequest(f"The job {job_id} is already {self.get(job_id).state}.")
        self._topics.note_jobs(job_id)
        return ended

    def position(self, job_id: UUID) -> int | None:
        """How many jobs are before it; None once it waits no more, or was never there."""
        with self._database.connection() as connection:
            found = connection.execute(QUERIES["jobs_before"], [job_id]).fetchone()
        return found["count"] if found else None

    def search(self, tags: Sequence[str], *, every: bool, states: Collection[str] | None) -> list[dict[str, Any]]:
        """The newest first. `every`: with all of the tags, else with any; `states` None: in whatever state."""
        values = {"tags": list(tags), "all": every, "states": states and list(states), "limit": MOST_LISTED}
        with self._database.connection() as connection:
            return connection.execute(QUERIES["search_jobs"], values).fetchall()

    def of_queue(self, queue: str) -> list[dict[str, Any]]:
        """The newest first, ended ones too."""
        with self._database.connection() as connection:
            return connection.execute(QUERIES["jobs_of_queue"], {"queue": queue, "limit": MOST_LISTED}).fetchall()
