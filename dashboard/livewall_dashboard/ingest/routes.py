"""`PUT /api/v1/runs/{run_id}` and `POST /api/v1/runs/{run_id}/events`."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
from flask import Blueprint, Response, request

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import EVENTS, RUNS
from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.feature import ShortRoute
from livewall_dashboard.history.resources import ChosenRunId, RunId
from livewall_dashboard.ingest import decode
from livewall_dashboard.ingest.intake import Intake
from livewall_dashboard.ingest.model import Acknowledgement, GapError, NotStoredError, Registered, batch_schema
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response
from livewall_listener import wire

TakeEvents = Callable[[str, bytes, str | None, Token | None], Acknowledgement]
"""Run id, body, its Content-Encoding, who sends it -> what is stored of the process."""


def take_events(intake: Intake, on_events: Callable[[int], None]) -> TakeEvents:
    """`on_events(count)` is told how many events came in."""

    def take(run_id: str, data: bytes, encoding: str | None, writer: Token | None) -> Acknowledgement:
        body = decode.body(data, encoding)
        batch = decode.decode_batch(body)
        on_events(len(batch.events))
        return Acknowledgement(intake.accept(decode.run_id(run_id), batch, len(body), writer))

    return take


def short_route(take: TakeEvents) -> ShortRoute:
    """Nodes send events by the hundred a second."""
    return ShortRoute(
        "ingest.post_events",
        "POST",
        re.compile(r"/api/v1/runs/(?P<run_id>[A-Za-z0-9._~-]{1,128})/events"),
        lambda asked: msgspec.json.encode(
            take(asked.named["run_id"], asked.body, asked.environ.get("HTTP_CONTENT_ENCODING"), asked.caller)
        ),
    )


def blueprint(intake: Intake, take: TakeEvents, *, on_run: Callable[[tuple[str, wire.RunInfo]], None]) -> Blueprint:
    """`on_run((run, info))` is told of each process that registers."""
    routes = Blueprint("ingest", __name__)

    @routes.put("/api/v1/runs/<run_id>")
    @scope("ingest", RUNS)
    @operation(
        "putRun",
        "Create or update a run; scope ingest. Comes before the events of each process; idempotent.",
        Answer(200, "What is stored of this process.", Registered),
        errors=(400, 422, 503),
        takes=wire.RunInfo,
        strict=False,
    )
    def put_run(run_id: ChosenRunId) -> Response:
        body = decode.body(request.get_data(cache=False), request.headers.get("Content-Encoding"))
        info = decode.decode_run_info(body)
        ack = intake.create(decode.run_id(run_id), info, request.remote_addr or "", caller())
        on_run((run_id, info))
        return json_response(Registered(run_id, ack))

    @routes.post("/api/v1/runs/<run_id>/events")
    @scope("ingest", EVENTS)
    @operation(
        "postEvents",
        "Events of one process, in order; scope ingest. Acknowledged when they are stored for good. May be "
        "gzip (Content-Encoding). Without events it is the heartbeat.",
        Answer(200, "Everything up to this number is stored.", Acknowledgement),
        Answer(416, "Events are missing before these.", GapError),
        Answer(503, "On the wall, but not stored: keep the events.", NotStoredError),
        errors=(400, 404, 422),
        takes=batch_schema(),
        strict=False,
    )
    def post_events(run_id: RunId) -> Response:
        encoding = request.headers.get("Content-Encoding")
        return json_response(take(run_id, request.get_data(cache=False), encoding, caller()))

    return routes
