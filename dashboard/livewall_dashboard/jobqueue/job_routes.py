"""Jobs: submitted, claimed, looked at and cancelled, as Testflinger's programs do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, Response, request
from msgspec import Meta, Struct
from werkzeug.wrappers import Request

from livewall_dashboard.access.guard import caller, public, scope
from livewall_dashboard.access.rate_limits import JOBS
from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.errors import BadRequest, LivewallError
from livewall_dashboard.base.feature import ShortRequest, ShortRoute
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.jobqueue import definition
from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.bodies import convert, read_object, refuse_forms
from livewall_dashboard.jobqueue.errors import invalid
from livewall_dashboard.jobqueue.job_store import Job, JobStore
from livewall_dashboard.jobqueue.model import job_id_of
from livewall_dashboard.jobqueue.permissions import require_agent, require_owner, require_queues, require_report
from livewall_dashboard.jobqueue.v1 import (
    EMPTY,
    OK,
    ClaimQuery,
    FlingerBlueprint,
    JobId,
    NoteHeard,
    claimant,
    empty,
    flinger,
    ok,
)
from livewall_dashboard.jobqueue.v1 import text as text_response
from livewall_dashboard.jobqueue.waiting_agents import LONGEST, WaitingAgents
from livewall_dashboard.jobqueue.webhooks import Webhooks
from livewall_dashboard.web.operation import Answer
from livewall_dashboard.web.peer import has_hung_up
from livewall_dashboard.web.query import refuse_repeated
from livewall_dashboard.web.responses import json_response
from livewall_dashboard.web.schemas import Time
from livewall_dashboard.web.values import time_text

MOST_HELD = 5000
"""Questions of agents that are held at once, where that takes no threads."""
THREADS = 300
"""Of a server that does not say how many it has."""


TakeJob = Callable[[Request, str | None, Token | None], dict[str, Any] | None]
"""Who asks, how long it would wait, its token -> what it is told of the job that is its own from then on."""


class Submitted(Struct):
    job_id: str


class ClaimedJob(Struct):
    """The job as it was submitted, with what is known besides. `attachments_status` is "complete" where it has some."""

    job_id: str
    job_queue: str
    started_at: Time | None = None
    attachments_status: str | None = None


class Events(Struct):
    """What an agent has to say of a job. It goes to the webhook that the job was submitted with."""

    agent_id: str
    job_queue: str
    events: list[dict[str, Any]]


class Action(Struct):
    action: Annotated[Literal["cancel"], Meta(description="What to do")]


_VERSION = Answer(200, "Name and version.", str)
_SUBMITTED = Answer(200, "It waits.", Submitted)
_CLAIMED = Answer(200, "The job.", ClaimedJob)
_JOB = Answer(200, "It is.", ClaimedJob)
_POSITION = Answer(200, "A number; 0: it is the next.", str)


class Gone(LivewallError):
    code, http_status = "gone", 410


def take_job(agents: AgentStore, waiting: WaitingAgents) -> TakeJob:
    def take(request: Request, seconds: str | None, token: Token | None) -> dict[str, Any] | None:
        asking, environ = claimant(request), request.environ
        if not asking.queues:
            raise BadRequest("No queue(s) specified in request: ?queue=NAME, as often as needed.")
        require_queues(token, asking.queues)
        require_agent(token, agents, asking.name)  # who asks for another job gives up the one it has
        agents.note_queues(asking.name, asking.queues)
        wait = seconds_to_wait(seconds) if seconds else LONGEST if asking.name else 0.0
        job = waiting.claim(asking, wait, most=most_held(environ), has_hung_up=lambda: has_hung_up(environ))
        return None if job is None else claimed(job)

    return take


def short_route(take: TakeJob, note_heard: NoteHeard) -> ShortRoute:
    """Hundreds of agents that have short jobs ask for the next one all the time."""

    def answer(asked: ShortRequest) -> bytes | None:
        request = Request(asked.environ, populate_request=False)
        note_heard(request, asked.caller)
        refuse_repeated(request.args, ["wait"])
        job = take(request, request.args.get("wait"), asked.caller)
        return None if job is None else msgspec.json.encode(job)

    return ShortRoute("flinger_jobs.claim", "GET", re.compile("/v1/job"), answer, has_query=True)


def blueprint(jobs: JobStore, take: TakeJob, hooks: Webhooks) -> Blueprint:
    routes = FlingerBlueprint("flinger_jobs", __name__, url_prefix="/v1")

    @routes.get("/")
    @public
    @flinger("flingerHome", "What this is; agents ask whether somebody is there.", _VERSION)
    def home() -> Response:
        return text_response(f"livewall, a Testflinger Server v{VERSION}")

    @routes.post("/job")
    @scope("submit", JOBS)
    @flinger(
        "submitJob",
        "Put a job into a queue. What is not known here is passed on to its agent; scope submit.",
        _SUBMITTED,
        errors=(415, 422),
        takes=definition.Job,
    )
    def submit() -> Response:
        refuse_forms()
        token = caller()
        job = definition.read_definition(definition.of_anybody(read_object(definition.MAX_DEFINITION)))
        require_queues(token, [job.queue])
        return json_response(Submitted(str(jobs.submit(job, token.id if token else None))))

    @routes.get("/job")
    @scope("agent", JOBS)
    @flinger("claimJob", "The first job of these queues, the caller's from then on; scope agent.", _CLAIMED, EMPTY)
    def claim(query: ClaimQuery) -> Response:
        if request.method == "HEAD":  # Flask's answer to it is GET's without the body, and the job would be nobody's
            return empty()
        job = take(request, query.wait, caller())
        return empty() if job is None else json_response(job)

    @routes.get("/job/<job_id>")
    @scope("jobs", JOBS)
    @flinger("getFlingerJob", "The job as it was submitted.", _JOB, EMPTY)
    def get(job_id: JobId) -> Response:
        job = jobs.find(job_id_of(job_id))
        return empty() if job is None else json_response(known(job))

    @routes.get("/job/<job_id>/position")
    @scope("jobs", JOBS)
    @flinger("getPosition", "How many jobs are before it.", _POSITION, errors=(410,))
    def position(job_id: JobId) -> Response:
        before = jobs.position(job_id_of(job_id))
        if before is None:
            raise Gone("The job waits no more, or was never there.")
        return text_response(str(before))

    @routes.post("/job/<job_id>/action")
    @scope("submit", JOBS)
    @flinger("actOnJob", "Cancel a job that has not ended; scope submit.", OK, errors=(404, 415, 422), takes=Action)
    def act(job_id: JobId) -> Response:
        refuse_forms()
        wanted, action = job_id_of(job_id), read_object().get("action")
        if action != "cancel":
            raise invalid("action", "Must be one of: cancel.")
        require_owner(jobs.get(wanted))
        jobs.cancel(wanted)
        return ok()

    @routes.post("/job/<job_id>/events")
    @scope("agent", JOBS)
    @flinger("postEventsOfJob", "Told to the job's webhook; scope agent.", OK, errors=(404, 422), takes=Events)
    def post_events(job_id: JobId) -> Response:
        wanted, body = job_id_of(job_id), read_object(definition.MAX_DEFINITION)
        convert(body, Events)
        require_report(caller(), jobs, wanted)
        url = jobs.get(wanted).definition.get("job_status_webhook")
        if not url:
            raise BadRequest(f"The job {wanted} has no job_status_webhook.")
        hooks.put(wanted, url, body)
        return ok()

    return routes


def seconds_to_wait(text: str) -> float:
    """Raises BadRequest."""
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text):
        raise BadRequest(f"wait is a number of seconds, not {text[:50]!r}.")
    return float(text)


def most_held(environ: Mapping[str, Any]) -> int:
    """Where each question that is held takes a thread, half of them are for others."""
    if "eventlet.input" in environ:
        return MOST_HELD
    return int(environ.get("livewall.threads", THREADS)) // 2


def known(job: Job) -> dict[str, Any]:
    """Its definition, and what is known besides."""
    said = {
        "job_id": str(job.id),
        "started_at": time_text(job.started_at),
        "attachments_status": job.attachments_status,
        "retry_of": job.retry_of and str(job.retry_of),
        "reserved_until": time_text(job.reserved_until),
        "retried_as": job.retried_as and str(job.retried_as),
        "created_at": time_text(job.created_at),
    }
    return {**job.definition, **{name: value for name, value in said.items() if value is not None}}


def claimed(job: Job) -> dict[str, Any]:
    """What its agent gets."""
    return {"job_queue": job.queue, **known(job)}
