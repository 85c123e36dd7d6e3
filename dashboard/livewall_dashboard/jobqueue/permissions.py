"""Whose job it is: what a token may do with it beyond its scope. On a wall that asks for none, all is everybody's."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from livewall_dashboard.access.guard import caller
from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.errors import Forbidden
from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.job_store import Job, JobStore
from livewall_dashboard.jobqueue.model import ANY_QUEUE


def require_queues(token: Token | None, queues: Iterable[str]) -> None:
    """Raises Forbidden where the caller's token is bound to others."""
    for queue in queues:
        if token is not None and not token.may_use(queue):
            what = f"the queue {queue[:200]!r}" if queue else "jobs of any queue"
            raise Forbidden(f"The token {token.name!r} is not for {what}.")


def require_agent(token: Token | None, agents: AgentStore, name: str) -> None:
    """Raises Forbidden where the caller's token is bound to queues, and this agent serves others alone."""
    if token is None or token.queues is None or not name:
        return
    served = agents.served_by(name)
    if served and not any(map(token.may_use, served)):
        raise Forbidden(f"The token {token.name!r} is not for the agent {name[:200]!r}, which serves other queues.")


def require_owner(job: Job) -> None:
    """Raises Forbidden for who neither submitted it nor is an admin."""
    token = caller()
    if token is not None and not token.grants("admin") and token.id != job.token_id:
        raise Forbidden(f"The job {job.id} is another token's: only who submitted it, or an admin, may do that.")


def require_report(token: Token | None, jobs: JobStore, job_id: UUID) -> None:
    """Raises Forbidden where the caller's token is bound to other queues than the job's."""
    if token is not None and token.queues is not None and (job := jobs.find(job_id)) and job.queue != ANY_QUEUE:
        require_queues(token, [job.queue])
