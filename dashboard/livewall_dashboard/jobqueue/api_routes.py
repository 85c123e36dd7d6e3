"""Jobs, agents and queues in our own API: the same rows as below /v1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Blueprint, Response
from msgspec import Meta, Struct

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import JOBS
from livewall_dashboard.base.clock import UTC, from_iso
from livewall_dashboard.base.errors import BadRequest, Forbidden
from livewall_dashboard.jobqueue import agents_csv, definition, jobs_csv, resources
from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.bodies import read_object, refuse_forms
from livewall_dashboard.jobqueue.definition import MAX_NAME, MAX_RETRIES
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.job_tokens import JobTokens
from livewall_dashboard.jobqueue.model import ENDED, STATES, job_id_of
from livewall_dashboard.jobqueue.overview import Overview
from livewall_dashboard.jobqueue.permissions import require_agent, require_owner, require_queues, require_report
from livewall_dashboard.jobqueue.v1 import Agent, JobId, Queue
from livewall_dashboard.web.csv_table import MOST, csv_answer, csv_table, pages_of
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.query import Limit
from livewall_dashboard.web.responses import json_response
from livewall_dashboard.web.values import time_text

MAX_SETUP = 1000
LONGEST_EXTENSION = 30 * 24 * 3600
"""Seconds."""


class JobsFilter(Struct):
    queue: Annotated[str | None, Meta(description="Of this queue")] = None
    state: Annotated[str | None, Meta(description="In this state; active: not ended")] = None
    agent: Annotated[str | None, Meta(description="That this agent took")] = None
    tag: Annotated[str | None, Meta(description="With this tag")] = None
    q: Annotated[str | None, Meta(description="With this text in its name, queue, agent or id")] = None
    mine: Annotated[Literal["true"] | None, Meta(description="true: submitted with the caller's token")] = None


class JobsQuery(JobsFilter):
    after: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 100


class QueueSettings(Struct):
    """`retries`: how often a job that says nothing of that is run again when its agent is lost."""

    retries: Annotated[int, Meta(ge=0, le=MAX_RETRIES)]


class Pause(Struct):
    """`until`: ISO 8601; without it, until somebody lets the agent go on."""

    note: Annotated[str, Meta(max_length=1000, pattern=r"^[^\x00]*$")] = ""
    until: str | None = None


class OnSetup(Struct):
    """`setup`: on which the job's runs are, by its agent's word."""

    setup: Annotated[str, Meta(min_length=1, max_length=MAX_SETUP, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]


class Extension(Struct):
    seconds: Annotated[int, Meta(ge=1, le=LONGEST_EXTENSION)]


_TOKEN = Answer(200, "It is shown this once; the job's former one is good no more.", resources.JobToken)
_AGENT = Answer(200, "The agent as it is then.", resources.AgentInfo)
_GONE = Answer(200, "It is gone.", dict)


def blueprint(jobs: JobStore, agent_store: AgentStore, overview: Overview, tokens: JobTokens) -> Blueprint:
    routes = Blueprint("jobqueue", __name__, url_prefix="/api/v1")

    @routes.get("/jobs")
    @scope("read")
    @operation("listJobs", "Jobs, the newest first.", Answer(200, "A page of them.", resources.JobList), errors=(503,))
    def list_jobs(query: JobsQuery) -> Response:
        found, following = overview.jobs(**_filter(query), before=_before(query.after), limit=query.limit)
        return json_response(resources.JobList(found, following))

    @routes.get("/jobs.csv")
    @scope("read")
    @operation(
        "listJobsAsCsv",
        f"The same as CSV, all up to {MOST}. What a spreadsheet would take for a formula begins with '.",
        csv_answer("job"),
        errors=(503,),
    )
    def jobs_as_csv(query: JobsFilter) -> Response:
        chosen = _filter(query)
        rows = pages_of(lambda after, limit: overview.jobs(**chosen, before=_before(after), limit=limit))
        return csv_table("jobs.csv", jobs_csv.COLUMNS, map(jobs_csv.row_of, rows))

    @routes.get("/jobs/<job_id>")
    @scope("read")
    @operation("getJob", "One job.", Answer(200, "It is.", resources.JobDetail), errors=(404, 503))
    def get_job(job_id: JobId) -> Response:
        return json_response(overview.job(job_id_of(job_id)))

    @routes.post("/jobs/estimate")
    @scope("submit", JOBS)
    @operation(
        "estimateJob",
        "What a job would have to wait for, if it came now; nothing is submitted. Scope submit.",
        Answer(200, "How many come first, who may take it, and when it would start.", resources.JobEstimate),
        errors=(415, 422, 503),
        takes=definition.Job,
    )
    def estimate() -> Response:
        refuse_forms()
        return json_response(overview.estimate(definition.read_definition(read_object(definition.MAX_DEFINITION))))

    @routes.post("/jobs/<job_id>/again")
    @scope("submit")
    @operation(
        "runJobAgain",
        "The same definition under a new id; scope submit.",
        Answer(201, "It waits.", resources.NewJob),
        errors=(404, 503),
    )
    def again(job_id: JobId) -> Response:
        token, job = caller(), jobs.get(job_id_of(job_id))
        require_queues(token, [job.queue])
        return json_response(resources.NewJob(str(jobs.run_again(job.id, token.id if token else None))), 201)

    @routes.post("/jobs/<job_id>/cancel")
    @scope("submit")
    @operation(
        "cancelJob",
        "Of a job that has not ended; scope submit, for who submitted it, or an admin.",
        Answer(200, "The job as it is then.", resources.JobDetail),
        errors=(404, 503),
    )
    def cancel(job_id: JobId) -> Response:
        job = jobs.get(job_id_of(job_id))
        require_owner(job)
        jobs.cancel(job.id)
        return json_response(overview.job(job.id))

    @routes.post("/jobs/<job_id>/token")
    @scope("agent", JOBS)
    @operation(
        "giveJobToken",
        "A token for robots in a job: for its runs on this setup alone, until soon after its end; scope agent.",
        _TOKEN,
        errors=(404, 409, 503),
    )
    def give_token(job_id: JobId, body: OnSetup) -> Response:
        token, job = caller(), jobs.get(job_id_of(job_id))
        require_report(token, jobs, job.id)
        if token is not None and not token.may_write(body.setup):
            raise Forbidden(f"The token {token.name!r} is for other setups than {body.setup[:200]!r}.")
        return json_response(resources.JobToken(tokens.give(job.id, body.setup)))

    @routes.post("/jobs/<job_id>/extend")
    @scope("submit")
    @operation(
        "extendReservation",
        "So many seconds more; scope submit, for who submitted it, or an admin.",
        Answer(200, "Until then.", resources.Extended),
        errors=(404, 409, 503),
    )
    def extend(job_id: JobId, body: Extension) -> Response:
        job = jobs.get(job_id_of(job_id))
        require_owner(job)
        return json_response(resources.Extended(time_text(overview.extend(job.id, body.seconds))))

    @routes.get("/queues")
    @scope("read")
    @operation("listQueues", "Queues with their lengths.", Answer(200, "All.", resources.QueueList), errors=(503,))
    def queues() -> Response:
        return json_response(resources.QueueList(overview.queues()))

    @routes.put("/queues/<path:name>")
    @scope("submit")
    @operation(
        "putQueue",
        "What goes for a queue's jobs that do not say it themselves; scope submit.",
        Answer(200, "The queue as it is then.", resources.QueueInfo),
        errors=(503,),
    )
    def put_queue(name: Queue, body: QueueSettings) -> Response:
        if len(name) > MAX_NAME or "\0" in name:
            raise BadRequest(f"A queue's name has at most {MAX_NAME} characters, and no NUL.")
        require_queues(caller(), [name])
        return json_response(overview.configure_queue(name, retries=body.retries))

    @routes.delete("/queues/<path:name>")
    @scope("submit")
    @operation(
        "removeQueue",
        "Of one that no agent serves and no job waits in. It is back as soon as either names it. Scope submit.",
        _GONE,
        errors=(404, 409, 503),
    )
    def remove_queue(name: Queue) -> Response:
        require_queues(caller(), [_name(name)])
        overview.remove_queue(_name(name))
        return json_response({})

    @routes.get("/agents")
    @scope("read")
    @operation("listAgents", "Agents and what they do.", Answer(200, "All.", resources.AgentList), errors=(503,))
    def agents() -> Response:
        return json_response(resources.AgentList(overview.agents()))

    @routes.get("/agents.csv")
    @scope("read")
    @operation(
        "listAgentsAsCsv",
        "The same as CSV.",
        csv_answer("agent"),
        errors=(503,),
    )
    def agents_as_csv() -> Response:
        return csv_table("agents.csv", agents_csv.COLUMNS, map(agents_csv.row_of, overview.agents()))

    @routes.post("/agents/<name>/pause")
    @scope("submit")
    @operation("pauseAgent", "It gets no job; what it has goes on. Scope submit.", _AGENT, errors=(404, 503))
    def pause(name: Agent, body: Pause) -> Response:
        until = _time(body.until) if body.until else None
        require_agent(caller(), agent_store, _name(name))
        return json_response(overview.pause(_name(name), paused=True, note=body.note, until=until))

    @routes.post("/agents/<name>/resume")
    @scope("submit")
    @operation("resumeAgent", "It gets jobs again. Scope submit.", _AGENT, errors=(404, 503))
    def resume(name: Agent) -> Response:
        require_agent(caller(), agent_store, _name(name))
        return json_response(overview.pause(_name(name), paused=False))

    @routes.delete("/agents/<name>")
    @scope("submit")
    @operation(
        "removeAgent",
        "Of one that is not there any more; its jobs stay, and it is back as soon as it says something. Scope submit.",
        _GONE,
        errors=(404, 409, 503),
    )
    def remove_agent(name: Agent) -> Response:
        require_agent(caller(), agent_store, _name(name))
        overview.remove_agent(_name(name))
        return json_response({})

    return routes


def _filter(query: JobsFilter) -> dict[str, Any]:
    """As `Overview.jobs` takes it."""
    token = caller()
    return {
        "queue": query.queue,
        "states": _states(query.state),
        "agent": query.agent,
        "tag": query.tag,
        "text": query.q,
        "token_id": token.id if query.mine and token else None,
    }


def _states(asked: str | None) -> set[str] | None:
    if asked is None:
        return None
    if asked != "active" and asked not in STATES:
        raise BadRequest(f"state is active, {', '.join(STATES)}, not {asked[:50]!r}.")
    return set(STATES) - set(ENDED) if asked == "active" else {asked}


def _before(after: str | None) -> int | None:
    if after is None:
        return None
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise BadRequest("after is the `next` of a page before.")
    return int(after)


def _time(text: str) -> datetime:
    try:
        at = from_iso(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequest(f"until is a time like 2026-12-01T08:00:00Z, not {text[:50]!r}.") from None


def _name(name: str) -> str:
    return name.replace("\0", "\ufffd")
