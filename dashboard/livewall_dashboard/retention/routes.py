"""Pins: runs that are kept for ever."""

from __future__ import annotations

from flask import Blueprint, Response, request

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.history import resources
from livewall_dashboard.history.resources import RunId, of
from livewall_dashboard.history.routes import run_key
from livewall_dashboard.history.store import Store
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response


def blueprint(store: Store) -> Blueprint:
    routes = Blueprint("retention", __name__, url_prefix="/api/v1")

    @routes.put("/runs/<run_id>/pin")
    @scope("admin")
    @operation(
        "pinRun",
        "Keep a run for ever, whatever the rules of retention say; scope admin. The same again changes nothing.",
        Answer(200, "It is pinned.", resources.Pin),
        errors=(404, 503),
    )
    def pin(run_id: RunId) -> Response:
        token = caller()
        by = token.name if token else f"somebody at {request.remote_addr}"
        return json_response(of(resources.Pin, store.pin(run_key(run_id), by)))

    @routes.delete("/runs/<run_id>/pin")
    @scope("admin")
    @operation(
        "releaseRun",
        "Let the rules of retention hold for a run again; scope admin.",
        Answer(200, "It is not pinned.", dict),
        errors=(404, 503),
    )
    def release(run_id: RunId) -> Response:
        store.release(run_key(run_id))
        return json_response({})

    return routes
