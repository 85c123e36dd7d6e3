"""Instances in the API: what builds left running, what people do with it, and what agents say of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from flask import Blueprint, Response, request
from msgspec import Meta, Struct

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import JOBS
from livewall_dashboard.base.errors import Forbidden, NotFound
from livewall_dashboard.branches import resources
from livewall_dashboard.branches.build_instances import BuildInstances
from livewall_dashboard.branches.instance_address import agents_host
from livewall_dashboard.branches.instance_report import InstanceReport, InstancesWanted
from livewall_dashboard.branches.numbers import number_of
from livewall_dashboard.branches.overview import Overview
from livewall_dashboard.branches.resources import BuildNumber
from livewall_dashboard.lab.model import Lab
from livewall_dashboard.web.operation import Answer, operation, read_body
from livewall_dashboard.web.query import Limit
from livewall_dashboard.web.responses import json_response

MOST_REPORT = 8_000_000
"""Bytes of what an agent says at once."""


class InstancesQuery(Struct):
    project: Annotated[str | None, Meta(description="Of this project")] = None
    after: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 100


def blueprint(lab: Callable[[], Lab], instances: BuildInstances, overview: Overview) -> Blueprint:
    routes = Blueprint("instances", __name__)

    @routes.get("/api/v1/instances")
    @scope("read")
    @operation(
        "listInstances",
        "What builds of branches left running, and agents keep: the newest build first.",
        Answer(200, "A page of them.", resources.InstanceList),
        errors=(503,),
    )
    def list_instances(query: InstancesQuery) -> Response:
        before = None if query.after is None else number_of(query.after)
        return json_response(resources.InstanceList(*instances.page(query.project, before, query.limit)))

    @routes.get("/api/v1/branch-builds/<number>/instance-log")
    @scope("read")
    @operation(
        "getInstanceLog",
        "The end of what a build's instance has written.",
        Answer(200, "Text, as it came.", bytes, media="text/plain"),
        errors=(404, 503),
    )
    def instance_log(number: BuildNumber) -> Response:
        text = instances.store.log(overview.built_as(number_of(number)))
        if text is None:
            raise NotFound(f"Nothing that the branch build {number_of(number)} left running has written anything.")
        response = Response(text, content_type="text/plain; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.post("/api/v1/instances/report")
    @scope("agent", JOBS)
    @operation(
        "reportInstances",
        "What an agent says of all instances that it keeps, and what is wanted of each; scope agent.",
        Answer(200, "What is wanted.", InstancesWanted),
        errors=(403, 503),
        takes=InstanceReport,
    )
    def report() -> Response:
        told = read_body(InstanceReport, MOST_REPORT)
        caller_address = (request.remote_addr or "").removeprefix("::ffff:")
        host = agents_host(told.host, caller_address, lab().instances.networks)
        return json_response(InstancesWanted(instances.store.report(told, host, _require_queue)))

    return routes


def _require_queue(queue: str) -> None:
    """Raises Forbidden where the caller's token is bound to other queues."""
    token = caller()
    if token is not None and not token.may_use(queue):
        raise Forbidden(f"The token {token.name!r} is not for the queue {queue[:200]!r}, which made this build.")
