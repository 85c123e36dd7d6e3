"""How a test, or a suite, did everywhere: for programs, and the page that draws it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from msgspec.structs import asdict

from livewall_dashboard.access.guard import scope
from livewall_dashboard.history.timeline.model import MessagesOfTest, MessagesQuery, Timeline, TimelineQuery
from livewall_dashboard.history.timeline.store import TimelineStore
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response


def blueprint(store: TimelineStore) -> Blueprint:
    routes = Blueprint("timelines", __name__)

    @routes.get("/api/v1/timeline")
    @scope("read")
    @operation(
        "getTimeline",
        "How a test, or whole runs, did: the latest runs of each setup, in columns.",
        Answer(200, "All of it.", Timeline),
        errors=(503,),
    )
    def timeline(query: TimelineQuery) -> Response:
        return json_response(store.timeline(**asdict(query)))

    @routes.get("/api/v1/tests/messages")
    @scope("read")
    @operation(
        "listMessagesOfTest",
        "What a test failed with: messages that differ in numbers, addresses, times and ids alone are one.",
        Answer(200, "All of them.", MessagesOfTest),
        errors=(503,),
    )
    def messages(query: MessagesQuery) -> Response:
        return json_response(MessagesOfTest(query.longname, store.messages(**asdict(query)), None))

    @routes.get("/history")
    @scope("read")
    def history() -> str:
        return render_template("history/timeline.html", page="history")

    return routes
