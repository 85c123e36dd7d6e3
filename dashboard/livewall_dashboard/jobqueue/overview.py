"""What people see of the queue, and what they do with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from livewall_dashboard.base.errors import Conflict, NotFound
from livewall_dashboard.history.resources import JobOfRun
from livewall_dashboard.jobqueue.model import PHASES, Submission
from livewall_dashboard.jobqueue.prospects import LOOKED_AHEAD, Prospects, prospects_of
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.jobqueue.remaining_time import ENOUGH, LOOKED_AT, RemainingTime, remaining_time
from livewall_dashboard.jobqueue.resources import (
    AgentInfo,
    JobDetail,
    JobEstimate,
    JobSummary,
    PhaseTimes,
    QueueInfo,
    agent_of,
    estimate_of,
    queue_of,
    summary_of,
)
from livewall_dashboard.jobqueue.topics import Topics
from livewall_dashboard.postgres.database import Database, Row
from livewall_dashboard.web.values import time_text


class Overview:
    """Raises Unavailable while Postgres is away."""

    def __init__(self, database: Database, *, topics: Topics | None = None) -> None:
        self._database = database
        self._topics = topics or Topics()

    def jobs(
        self,
        *,
        queue: str | None = None,
        states: Collection[str] | None = None,
        agent: str | None = None,
        tag: str | None = None,
        text: str | None = None,
        token_id: int | None = None,
        before: int | None = None,
        limit: int,
    ) -> tuple[list[JobSummary], str | None]:
        """The newest first -> them, and where the next page begins."""
        asked = {
            "queue": queue, "states": states and list(states), "agent": agent, "tag": tag, "token_id": token_id,
            "before": before, "limit": limit + 1, "id": None, "text": text,
        }  # fmt: skip
        rows = self._rows("list_jobs", asked)
        following = str(rows[limit - 1]["no"]) if len(rows) > limit else None
        return [JobSummary(**summary_of(row)) for row in rows[:limit]], following

    def job(self, job_id: UUID) -> JobDetail:
        """Raises NotFound."""
        every = dict.fromkeys(("queue", "states", "agent", "tag", "token_id", "before", "text"))
        rows = self._rows("list_jobs", {**every, "limit": 1, "id": job_id})
        if not rows:
            raise NotFound(f"There is no job {job_id}.")
        (row,) = rows
        before = next(iter(self._rows("jobs_before", [job_id])), {"count": None})["count"]
        result: dict[str, Any] = next(iter(self._rows("result", [job_id])), {"result": {}})["result"]
        phases = self._rows("phases", [job_id])
        return JobDetail(
            **summary_of(row),
            definition=row["definition"],
            phases=[_phase(each) for each in phases],
            device_info=result.get("device_info", {}),
            position=before,
            wait=self._prospects([row])[0].wait if before is not None else None,
            remaining=self._remaining(row, phases) if row["started_at"] and not row["ended_at"] else None,
        )

    def _remaining(self, job: Row, phases: list[Row]) -> RemainingTime | None:
        asked = {
            "queue": job["queue"],
            "name": job["name"],
            "phases": list(PHASES),
            "most": LOOKED_AT,
            "enough": ENOUGH,
        }
        known = self._rows("usual_phases", asked)
        if not known:
            return None
        began = {row["phase"]: row["started_at"] for row in phases}
        usual, (first, *_) = {row["phase"]: row["usual"] for row in known}, known
        return remaining_time(job, began, usual, first["now"], jobs=first["jobs"], of_name=first["of_name"])

    def job_of_run(self, run: str) -> JobOfRun | None:
        """The job that a run is part of, None where it is none's."""
        rows = self._rows("job_of_run", [run])
        return JobOfRun(**{**rows[0], "id": str(rows[0]["id"])}) if rows else None

    def estimate(self, job: Submission) -> JobEstimate:
        """What it would have to wait for, if it came now."""
        asked = {"queue": job.queue, "wants": job.wants, "excluded": job.excluded, "priority": job.priority, "no": None}
        return estimate_of(job.queue, self._prospects([asked])[0])

    def queues(self, name: str | None = None) -> list[QueueInfo]:
        """All of them, or this one."""
        rows = self._rows("queue_overview", {"name": name})
        new = {"wants": {}, "excluded": [], "priority": 0, "no": None}
        found = self._prospects([{**new, "queue": row["name"]} for row in rows])
        return [queue_of(row, prospects) for row, prospects in zip(rows, found, strict=True)]

    def _prospects(self, jobs: Sequence[Mapping[str, Any]]) -> list[Prospects]:
        """Of each of these, by its `queue`, `wants`, `excluded`, `priority` and `no`: None for a new one."""
        told = ("queue", "wants", "excluded", "priority", "no")
        asked = [{"place": place, **{name: job[name] for name in told}} for place, job in enumerate(jobs)]
        return [prospects_of(row) for row in self._rows("prospects", {"asked": Jsonb(asked), "most": LOOKED_AHEAD})]

    def configure_queue(self, name: str, *, retries: int) -> QueueInfo:
        """`retries`: how often a job of it that says nothing of that is run again when its agent is lost."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["configure_queue"], {"name": name, "retries": retries})
        self._topics.note_jobs()
        return self.queues(name)[0]

    def remove_queue(self, name: str) -> None:
        """It is back as soon as a job or an agent names it. Raises NotFound, and Conflict while it is used."""
        with self._database.connection() as connection, connection.transaction():
            connection.execute(QUERIES["lock_queues"])
            is_removed = connection.execute(QUERIES["remove_queue"], [name]).fetchone() is not None
        if not is_removed:
            if not self._rows("queue_overview", {"name": name}):
                raise NotFound(f"There is no queue {name[:200]!r}.")
            raise Conflict(f"The queue {name[:200]!r} is used: an agent serves it, or jobs of it have not ended.")
        self._topics.note_jobs()

    def agents(self) -> list[AgentInfo]:
        return [agent_of(row) for row in self._rows("agents_at_work", {"name": None})]

    def remove_agent(self, name: str) -> None:
        """It is back as soon as it says something. Raises NotFound, and Conflict while it is there."""
        if not self._rows("remove_agent", [name]):
            if not self._rows("agent", [name]):
                raise NotFound(f"There is no agent {name[:200]!r}.")
            raise Conflict(
                f"The agent {name[:200]!r} is there: stop it, and remove it when it has been silent for two minutes."
            )
        self._topics.note_agents()

    def is_used(self) -> bool:
        """Whether there is any job or agent."""
        used: bool = self._rows("is_used", [])[0]["used"]
        return used

    def pause(self, name: str, *, paused: bool, note: str = "", until: datetime | None = None) -> AgentInfo:
        """Of an agent: it gets no job until then, or until it is let go on. Raises NotFound."""
        if not self._rows("pause_agent", {"name": name, "paused": paused, "note": note, "until": until}):
            raise NotFound(f"There is no agent {name[:200]!r}.")
        self._topics.note_agents()
        return agent_of(self._rows("agents_at_work", {"name": name})[0])

    def extend(self, job_id: UUID, seconds: int) -> datetime:
        """A reservation. Raises Conflict where it is none."""
        rows = self._rows("extend_reservation", {"id": job_id, "seconds": seconds})
        if not rows:
            raise Conflict(f"The job {job_id} reserves nothing now.")
        self._topics.note_jobs(job_id)
        until: datetime = rows[0]["reserved_until"]
        return until

    def note_run(self, job_id: UUID, run: str) -> None:
        """A robot inside the job reports this run."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["note_run"], {"job": job_id, "run": run})
        self._topics.note_jobs(job_id)

    def note_stored_run(self, run: str) -> None:
        """Of a run that was uploaded whole: it is of the job whose token was shown with it, where one was."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["note_stored_run"], [run])

    def _rows(self, name: str, values: Any) -> list[Row]:
        with self._database.connection() as connection:
            return connection.execute(QUERIES[name], values).fetchall()


def _phase(row: Row) -> PhaseTimes:
    return PhaseTimes(row["phase"], row["status"], time_text(row["started_at"]), time_text(row["ended_at"]))
