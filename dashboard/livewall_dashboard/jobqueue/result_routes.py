"""Results, output and files of jobs, as Testflinger's agents post them and its CLI reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint, Response, request
from msgspec import UNSET, Meta, Struct, UnsetType
from werkzeug.wrappers import Request

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import JOBS
from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.clock import UTC, from_iso
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.base.feature import ShortRequest, ShortRoute
from livewall_dashboard.jobqueue.bodies import convert, object_of, read_object
from livewall_dashboard.jobqueue.errors import invalid, invalid_parameter
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.leases import Leases
from livewall_dashboard.jobqueue.model import KINDS, PHASES, job_id_of
from livewall_dashboard.jobqueue.permissions import require_report
from livewall_dashboard.jobqueue.result_store import Fragment, Output, ResultStore
from livewall_dashboard.jobqueue.v1 import (
    EMPTY,
    OK,
    TAKEN,
    TEXT,
    FlingerBlueprint,
    JobId,
    NoteHeard,
    empty,
    flinger,
    heard_agent,
    ok,
)
from livewall_dashboard.web.operation import Answer
from livewall_dashboard.web.responses import json_response

Phase = Literal["setup", "provision", "firmware_update", "test", "allocate", "reserve", "cleanup"]
Kind = Annotated[Literal["output", "serial"], Meta(description="What commands print, or the device's console")]
Whole = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]

TakeOutput = Callable[[str, str, dict[str, Any], Token | None], None]
"""Job, kind, what was posted, and with which token."""

_MOST_FRAGMENT = 2**62


class Result(Struct):
    """Part of a result: members add up, unknown ones are kept as they are. `status`: exit codes."""

    status: dict[Phase, Whole] | UnsetType = UNSET
    device_info: dict[str, Any] | UnsetType = UNSET
    job_state: str | UnsetType = UNSET


class LogFragment(Struct):
    """A piece of output; sent twice, it is stored once. `timestamp`: ISO 8601, by the agent's clock."""

    fragment_number: Annotated[int, Meta(ge=0, le=_MOST_FRAGMENT)]
    timestamp: str
    phase: Phase
    log_data: str


class PhaseOutput(Struct):
    """`last_fragment_number`: -1 where nothing is handed out."""

    last_fragment_number: int
    log_data: str


class LogQuery(Struct):
    start_fragment: Annotated[str | None, Meta(description="Number of the first fragment wanted")] = None
    start_timestamp: Annotated[str | None, Meta(description="Time of the first fragment wanted, ISO 8601")] = None
    phase: Annotated[str | None, Meta(description="Of this phase alone")] = None


_RESULT = Answer(200, "It is; each phase's output, status and serial, and what was posted.", dict)
_OUTPUT = Answer(200, "By kind and phase.", dict[str, dict[str, PhaseOutput]])


def take_output(jobs: JobStore, results: ResultStore, leases: Leases) -> TakeOutput:
    def take(job_id: str, kind: str, posted: dict[str, Any], token: Token | None) -> None:
        wanted, told = _of(job_id, kind), convert(posted, LogFragment)
        require_report(token, jobs, wanted)
        fragment = Fragment(told.fragment_number, told.phase, _time(told.timestamp, invalid), told.log_data)
        results.put_fragment(wanted, kind, fragment)
        leases.renew(wanted)

    return take


def short_route(take: TakeOutput, note_heard: NoteHeard) -> ShortRoute:
    """All jobs that run at a time write, and each piece is a request."""

    def answer(asked: ShortRequest) -> bytes:
        note_heard(Request(asked.environ, populate_request=False), asked.caller)
        take(asked.named["job_id"], asked.named["kind"], object_of(asked.body), asked.caller)
        return TAKEN.encode()

    path = re.compile(r"/v1/result/(?P<job_id>[^/\n]{1,100})/log/(?P<kind>[a-z]{1,50})")
    return ShortRoute("flinger_results.post_log", "POST", path, answer, media=TEXT)


def blueprint(jobs: JobStore, results: ResultStore, leases: Leases, take: TakeOutput) -> Blueprint:
    routes = FlingerBlueprint("flinger_results", __name__, url_prefix="/v1/result/<job_id>")

    @routes.post("")
    @scope("agent", JOBS)
    @flinger("postResult", "Add to a job's result; scope agent.", OK, errors=(422,), takes=Result)
    def post(job_id: JobId) -> Response:
        wanted, body = job_id_of(job_id), read_object()
        require_report(caller(), jobs, wanted)
        convert(body, Result)
        results.post(wanted, body)
        leases.renew(wanted)
        return ok()

    @routes.get("")
    @scope("jobs", JOBS)
    @flinger("getResult", "What is known of a job.", _RESULT, EMPTY)
    def get(job_id: JobId) -> Response:
        # An agent asks every few seconds whether its job was cancelled: it knows what it has printed.
        wanted, agent = job_id_of(job_id), heard_agent(request, caller())
        if agent:
            leases.renew(wanted, by=agent)
        found = results.read(wanted, with_output=not agent)
        return empty() if found is None else json_response(found)

    @routes.post("/log/<kind>")
    @scope("agent", JOBS)
    @flinger("postLog", "A fragment of a job's output; scope agent.", OK, errors=(404, 422), takes=LogFragment)
    def post_log(job_id: JobId, kind: Kind) -> Response:
        take(job_id, kind, read_object(), caller())
        return ok()

    @routes.get("/log/<kind>")
    @scope("jobs", JOBS)
    @flinger("getLog", "A job's output so far.", _OUTPUT, errors=(404, 422))
    def get_log(job_id: JobId, kind: Kind, query: LogQuery) -> Response:
        wanted = _of(job_id, kind)
        if query.phase is not None and query.phase not in PHASES:
            raise invalid_parameter("phase", f"Must be one of: {', '.join(PHASES)}.")
        since = query.start_timestamp and _time(query.start_timestamp, invalid_parameter)
        found = results.output(
            wanted, kind, start=_number(query.start_fragment), since=since or None, phase=query.phase
        )
        phases = [query.phase] if query.phase else PHASES
        return json_response({kind: {phase: _told(found.get(phase, Output())) for phase in phases}})

    return routes


def _of(job_id: str, kind: str) -> UUID:
    if kind not in KINDS:
        raise NotFound(f"There is no log {kind[:50]!r}; there are {' and '.join(KINDS)}.")
    return job_id_of(job_id)


def _told(output: Output) -> PhaseOutput:
    return PhaseOutput(output.last, output.text)


def _time(text: str, refuse: Any) -> datetime:
    try:
        at = from_iso(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        name = "timestamp" if refuse is invalid else "start_timestamp"
        raise refuse(name, f"Not a valid datetime: {text[:50]!r}.") from None


def _number(text: str | None) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise invalid_parameter("start_fragment", f"Not a valid integer: {text[:50]!r}.")
    return int(text)
