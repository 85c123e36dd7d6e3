"""The badge of a branch, for pages elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from flask import Blueprint, Response, request
from msgspec import Meta, Struct

from livewall_dashboard.access.guard import Guard, public
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.branches.badge import NO_DATA, badge
from livewall_dashboard.branches.overview import Overview
from livewall_dashboard.branches.resources import Project
from livewall_dashboard.lab.model import Lab
from livewall_dashboard.web.operation import Answer, operation

KEPT_FOR = 60
"""Seconds that a proxy or a browser may show it without asking again."""


class BadgeQuery(Struct):
    bundle: Annotated[str, Meta(description="Of this bundle", min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]
    label: Annotated[str | None, Meta(description="What stands at its left; else the bundle's name")] = None


def blueprint(lab: Callable[[], Lab], guard: Guard, overview: Overview) -> Blueprint:
    routes = Blueprint("branch_badges", __name__)

    @routes.get("/api/v1/projects/<project>/badge.svg")
    @public
    @operation(
        "getBranchBadge",
        "A picture of how a bundle's last build ended; for all where the project has `badge`, else for who may read.",
        Answer(200, "A small picture.", bytes, media="image/svg+xml"),
        errors=(401, 403, 404, 503),
    )
    def of_bundle(project: Project, query: BadgeQuery) -> Response:
        found = next((each for each in lab().projects if each.name == project), None)
        is_public = found is not None and found.badge
        if is_public:
            guard.admit_anybody()
        else:
            guard.admit_reader()
        if found is None:
            raise NotFound(f"There is no project {project[:100]!r} in the configuration.")
        word = overview.last_result(found.name, query.bundle) or NO_DATA
        picture = badge(query.label or query.bundle, word)
        response = Response(picture, content_type="image/svg+xml; charset=utf-8")
        response.headers["Cache-Control"] = f"{'public' if is_public else 'private'}, max-age={KEPT_FOR}"
        if is_public:
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.add_etag()
        response.make_conditional(request)
        return response

    return routes
