"""The wall: its page, and what it shows for programs."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint, Response, render_template
from msgspec import Meta, Struct

from livewall_dashboard.access.guard import scope
from livewall_dashboard.screens.model import Snapshot
from livewall_dashboard.screens.publisher import Publisher
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response


class LiveQuery(Struct):
    setup: Annotated[str | None, Meta(description="Only this setup's tile")] = None


def blueprint(publisher: Publisher) -> Blueprint:
    routes = Blueprint("screens", __name__)

    @routes.get("/")
    @scope("read")
    def wall() -> str:
        return render_template("wall/wall.html")

    @routes.get("/api/v1/live")
    @scope("read")
    @operation("getLive", "The wall as screens have it now.", Answer(200, "A snapshot.", Snapshot))
    def live(query: LiveQuery) -> Response:
        snapshot = Snapshot(**publisher.snapshot())
        if query.setup is not None:
            snapshot.setups = [tile for tile in snapshot.setups if tile["setup"] == query.setup]
        return json_response(snapshot)

    return routes
