"""Latest builds, and starting and stopping them."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from flask import Blueprint, Response, request
from msgspec import Meta

from livewall_dashboard.access.guard import Guard, caller, scope
from livewall_dashboard.jenkins.build_actions import BuildActions
from livewall_dashboard.jenkins.latest import LatestBuilds
from livewall_dashboard.jenkins.model import BuildsOfSetups, Crumb, Queued, SetupBuilds, StartBuild, StopBuild
from livewall_dashboard.web.operation import Answer, Header, operation
from livewall_dashboard.web.responses import json_response

ServerName = Annotated[str, Meta(description="A Jenkins's name in the configuration")]
SetupName = Annotated[str, Meta(description="The setup's name")]

_KNOWN = Header("If-None-Match", "The ETag of the answer before")
_UNCHANGED = Answer(304, "Nothing has changed.")


def blueprint(latest: LatestBuilds, actions: BuildActions, guard: Guard) -> Blueprint:
    routes = Blueprint("builds", __name__, url_prefix="/api/v1")

    @routes.get("/setups/<path:name>/builds")
    @scope("read")
    @operation(
        "getBuildsOfSetup",
        "The latest Jenkins builds of a setup's jobs, as far as known by now.",
        Answer(200, "They are.", SetupBuilds),
        _UNCHANGED,
        errors=(404,),
        headers=(_KNOWN,),
    )
    def builds_of_setup(name: SetupName) -> Response:
        return _unless_known(latest.of_setup(name, may_start=guard.allows("builds")))

    @routes.get("/builds")
    @scope("read")
    @operation(
        "listBuilds",
        "The latest Jenkins builds of all setups that have jobs; the wall's own jobs come last.",
        Answer(200, "They are.", BuildsOfSetups),
        _UNCHANGED,
        headers=(_KNOWN,),
    )
    def builds() -> Response:
        return _unless_known(latest.of_all(may_start=guard.allows("builds")))

    @routes.get("/crumb")
    @scope("read")
    @operation("getCrumb", "What a browser sends along with what changes something.", Answer(200, "The crumb.", Crumb))
    def crumb() -> Response:
        return json_response(Crumb(guard.crumb()))

    @routes.post("/jenkins/<server>/builds")
    @scope("builds")
    @operation(
        "startBuild",
        "Start a build of a configured job; scope builds.",
        Answer(202, "Jenkins has taken it.", Queued),
        errors=(404, 422, 502, 503, 504),
    )
    def start(server: ServerName, body: StartBuild) -> Response:
        return json_response(Queued(actions.start(server, body.job, body.parameters, who=_who())), 202)

    @routes.post("/jenkins/<server>/stop")
    @scope("builds")
    @operation(
        "stopBuild",
        "Stop a build of a configured job; scope builds.",
        Answer(202, "Jenkins was told.", dict),
        errors=(404, 502, 503, 504),
    )
    def stop(server: ServerName, body: StopBuild) -> Response:
        actions.stop(server, body.job, body.number, who=_who())
        return json_response({}, 202)

    return routes


def _who() -> str:
    token = caller()
    return f"token {token.name!r}" if token else f"a browser or script at {request.remote_addr}"


def _unless_known(body: object) -> Response:
    """304 for a caller who has this very answer."""
    response = json_response(body)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(sha256(response.get_data()).hexdigest()[:32])
    return response.make_conditional(request)  # type: ignore[return-value]
