"""Latest builds, and starting and stopping them."""

from __future__ import annotations

from hashlib import sha256
from typing import TypeVar

import msgspec
from flask import Blueprint, Response, request

from livewall_dashboard.access.guard import Guard, caller, scope
from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.jenkins.latest import LatestBuilds
from livewall_dashboard.jenkins.model import Crumb, Queued, StartBuild, StopBuild
from livewall_dashboard.jenkins.orders import Orders
from livewall_dashboard.web.parameters import parameters

MAX_ORDER = 100_000
"""Bytes of the body that starts or stops a build."""

T = TypeVar("T")


def blueprint(latest: LatestBuilds, orders: Orders, guard: Guard) -> Blueprint:
    routes = Blueprint("builds", __name__, url_prefix="/api/v1")

    @routes.get("/setups/<path:name>/builds")
    @scope("read")
    def builds_of_setup(name: str) -> Response:
        parameters()
        return _unless_known(latest.of_setup(name, may_start=guard.allows("builds")))

    @routes.get("/builds")
    @scope("read")
    def builds() -> Response:
        parameters()
        return _unless_known(latest.of_all(may_start=guard.allows("builds")))

    @routes.get("/crumb")
    @scope("read")
    def crumb() -> Response:
        parameters()
        return _json(Crumb(guard.crumb()))

    @routes.post("/jenkins/<server>/builds")
    @scope("builds")
    def start(server: str) -> Response:
        order = _order(StartBuild)
        return _json(Queued(orders.start(server, order.job, order.parameters, who=_who())), 202)

    @routes.post("/jenkins/<server>/stop")
    @scope("builds")
    def stop(server: str) -> Response:
        order = _order(StopBuild)
        orders.stop(server, order.job, order.number, who=_who())
        return _json({}, 202)

    return routes


def _order(kind: type[T]) -> T:
    parameters()
    request.max_content_length = MAX_ORDER
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"This order makes no sense: {error}.") from None


def _who() -> str:
    token = caller()
    return f"token {token.name!r}" if token else f"a browser or script at {request.remote_addr}"


def _unless_known(body: object) -> Response:
    """304 for a caller who has this very answer."""
    response = _json(body)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(sha256(response.get_data()).hexdigest()[:32])
    return response.make_conditional(request)  # type: ignore[return-value]


def _json(body: object, status: int = 200) -> Response:
    response = Response(msgspec.json.encode(body), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
