"""The search: for programs, and the page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template

from livewall_dashboard.access.guard import scope
from livewall_dashboard.history.resources import of
from livewall_dashboard.history.results.result_words import in_words
from livewall_dashboard.history.search import resources
from livewall_dashboard.history.search.search import Search
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response
from livewall_dashboard.web.values import time_text


def blueprint(search: Search) -> Blueprint:
    routes = Blueprint("search", __name__)

    @routes.get("/api/v1/search")
    @scope("read")
    @operation(
        "search",
        "Names of tests, and messages of failures of all runs, that have some words.",
        Answer(200, "A page of failures, and with the first one tests.", resources.SearchAnswer),
        errors=(503,),
    )
    def find(query: resources.SearchQuery) -> Response:
        found = search.find(query.q, query.after, query.limit)
        names = [of(resources.FoundName, row) for row in found.names]
        back_to = found.searched_back_to
        answer = resources.SearchAnswer(
            names, [_result(row) for row in found.results], time_text(back_to) if back_to else None, found.next
        )
        return json_response(answer)

    @routes.get("/search")
    @scope("read")
    def page() -> str:
        return render_template("history/search.html", page="search")

    return routes


def _result(row: dict[str, Any]) -> resources.FoundResult:
    return of(resources.FoundResult, in_words({**row, "status": "FAIL"}))
