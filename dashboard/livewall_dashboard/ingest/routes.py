"""`PUT /api/v1/runs/{run_id}` and `POST /api/v1/runs/{run_id}/events`."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import EVENTS, RUNS
from livewall_dashboard.history.resources import ChosenRunId, RunId
from livewall_dashboard.ingest import decode
from livewall_dashboard.ingest.intake import Intake
from livewall_dashboard.ingest.model import Acknowledgement, GapError, NotStoredError, Registered, batch_schema
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response
from livewall_listener import wire


def blueprint(
    intake: Intake, *, on_run: Callable[[tuple[str, wire.RunInfo]], None], on_events: Callable[[int], None]
) -> Blueprint:
    """`on_run((run, info))` is told of each process that registers, `on_events(count)` how many events came in."""
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
        info = decode.decode_run_info(_body())
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
        body = _body()
        batch = decode.decode_batch(body)
        on_events(len(batch.events))
        ack = intake.accept(decode.run_id(run_id), batch, len(body), caller())
        return json_response(Acknowledgement(ack))

    return routes


def _body() -> bytes:
    return decode.body(request.get_data(cache=False), request.headers.get("Content-Encoding"))
