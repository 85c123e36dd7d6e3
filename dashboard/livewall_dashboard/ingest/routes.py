"""`PUT /api/v1/runs/{run_id}` and `POST /api/v1/runs/{run_id}/events`."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from flask import Blueprint, Response, request

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import EVENTS, RUNS
from livewall_dashboard.ingest import decode
from livewall_dashboard.ingest.intake import Intake


def blueprint(intake: Intake, *, on_events: Callable[[int], None]) -> Blueprint:
    """`on_events(count)` is told how many events came in."""
    routes = Blueprint("ingest", __name__)

    @routes.put("/api/v1/runs/<run_id>")
    @scope("ingest", RUNS)
    def put_run(run_id: str) -> Response:
        info = decode.decode_run_info(_body())
        ack = intake.create(decode.run_id(run_id), info, request.remote_addr or "", caller())
        return _json({"id": run_id, "ack_upto": ack})

    @routes.post("/api/v1/runs/<run_id>/events")
    @scope("ingest", EVENTS)
    def post_events(run_id: str) -> Response:
        body = _body()
        batch = decode.decode_batch(body)
        on_events(len(batch.events))
        return _json({"ack_upto": intake.accept(decode.run_id(run_id), batch, len(body), caller())})

    return routes


def _body() -> bytes:
    return decode.body(request.get_data(cache=False), request.headers.get("Content-Encoding"))


def _json(body: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(body), content_type="application/json")
