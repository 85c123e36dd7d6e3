"""Queues and searches, as Testflinger's CLI asks."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint, Response, request
from msgspec import Meta, Struct

from livewall_dashboard.access.guard import scope
from livewall_dashboard.access.rate_limits import JOBS
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.jobqueue.agent_data import AgentRecord, record_of
from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.errors import invalid_parameter
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.model import ENDED, STATES, shown_state
from livewall_dashboard.jobqueue.v1 import EMPTY, FlingerBlueprint, Queue, QueuesQuery, empty, flinger
from livewall_dashboard.web.operation import Answer
from livewall_dashboard.web.query import MAY_REPEAT
from livewall_dashboard.web.responses import json_response
from livewall_dashboard.web.schemas import Time
from livewall_dashboard.web.values import time_text

PERCENTILES = ("5", "10", "50", "90", "95")


class FoundJob(Struct):
    job_id: str
    created_at: Time
    job_state: str


class QueuedJob(FoundJob):
    job_queue: str


class SearchQuery(Struct):
    tags: Annotated[str | None, Meta(description="A tag; may be given many times", extra=MAY_REPEAT)] = None
    match: Annotated[str | None, Meta(description="any or all of the tags; any, where it is not said")] = None
    state: Annotated[
        str | None,
        Meta(description="A state, or active; may be given many times", extra=MAY_REPEAT),
    ] = None


_AGENTS = Answer(200, "They are.", list[AgentRecord])
_JOBS = Answer(200, "The newest first.", list[QueuedJob])
_FOUND = Answer(200, "The newest first.", list[FoundJob])
_TIMES = Answer(200, "Seconds by percentile, by queue.", dict[str, dict[str, float]])


def blueprint(jobs: JobStore, agents: AgentStore) -> Blueprint:
    routes = FlingerBlueprint("flinger_queues", __name__, url_prefix="/v1")

    @routes.get("/queues/<path:queue>/agents")
    @scope("jobs", JOBS)
    @flinger("getAgentsOfQueue", "Agents that serve a queue.", _AGENTS, errors=(404,))
    def agents_of_queue(queue: Queue) -> Response:
        found = agents.of_queue(_text(queue))
        if not found:
            raise NotFound(f"No agent serves a queue {queue[:200]!r}.")
        return json_response([record_of(row) for row in found])

    @routes.get("/queues/<path:queue>/jobs")
    @scope("jobs", JOBS)
    @flinger("getJobsOfQueue", "Jobs of a queue, ended ones too.", _JOBS, EMPTY)
    def jobs_of_queue(queue: Queue) -> Response:
        rows = jobs.of_queue(_text(queue))
        found = [
            QueuedJob(str(row["id"]), time_text(row["created_at"]), shown_state(row["state"]), row["queue"])
            for row in rows
        ]
        return json_response(found) if found else empty()

    @routes.get("/queues/wait_times")
    @scope("jobs", JOBS)
    @flinger("getWaitTimes", "How long jobs waited in each queue.", _TIMES)
    def wait_times(query: QueuesQuery) -> Response:  # noqa: ARG001  # for the document: one parameter, many times
        asked = [_text(name) for name in request.args.getlist("queue")]
        waits = jobs.wait_times(asked)
        return json_response({name: dict(zip(PERCENTILES, waits[name], strict=True)) for name in sorted(waits)})

    @routes.get("/job/search")
    @scope("jobs", JOBS)
    @flinger("searchJobs", "Jobs with tags, in states.", _FOUND, errors=(422,))
    def search(query: SearchQuery) -> Response:
        match = query.match or "any"
        if match not in {"any", "all"}:
            raise invalid_parameter("match", "Must be one of: any, all.")
        tags = [_text(tag) for tag in request.args.getlist("tags")]
        rows = jobs.search(tags, every=match == "all", states=_states(request.args.getlist("state")))
        return json_response(
            [FoundJob(str(row["id"]), time_text(row["created_at"]), shown_state(row["state"])) for row in rows]
        )

    return routes


def _states(asked: list[str]) -> set[str] | None:
    """None where none are asked for. Raises Invalid."""
    states: set[str] = set()
    for state in asked:
        if state != "active" and state not in STATES:
            raise invalid_parameter("state", f"Must be one of: active, {', '.join(STATES)}.")
        states.update(set(STATES) - set(ENDED) if state == "active" else {state})
        if state == "cancelled":
            states.add("lost")
    return states or None


def _text(name: str) -> str:
    return name.replace("\0", "\ufffd")
