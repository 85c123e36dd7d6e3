"""Tables of the history as CSV, for spreadsheets, but those that are beside the route of the table itself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from msgspec.structs import asdict

from livewall_dashboard.access.guard import scope
from livewall_dashboard.history.parameters import TestHistoryQuery, TestsQuery
from livewall_dashboard.history.resources import RunId
from livewall_dashboard.history.results.result_words import in_words
from livewall_dashboard.history.routes import run_key
from livewall_dashboard.history.search.resources import SearchWords
from livewall_dashboard.history.search.search import Search
from livewall_dashboard.history.store import Store
from livewall_dashboard.history.timeline import timeline_csv
from livewall_dashboard.history.timeline.model import MessagesQuery, TimelineQuery
from livewall_dashboard.history.timeline.store import TimelineStore
from livewall_dashboard.web.csv_table import MOST, csv_answer, csv_table, pages_of
from livewall_dashboard.web.operation import operation

Row = dict[str, Any]
TESTS = ("longname", "status", "outcome", "attempts", "elapsed_time", "start_time", "tags", "message", "process", "id")
HISTORY = ("started_at", "setup", "branch", "commit", "status", "outcome", "attempts", "elapsed_time", "message",
           "longname", "run", "id")  # fmt: skip
FAILURES = ("started_at", "setup", "longname", "status", "outcome", "elapsed_time", "message", "run", "process", "id")


def blueprint(store: Store, timelines: TimelineStore, search: Search) -> Blueprint:
    routes = Blueprint("csv", __name__, url_prefix="/api/v1")

    @routes.get("/runs/<run_id>/tests.csv")
    @scope("read")
    @operation(
        "listTestsAsCsv",
        f"Tests of a run as CSV, all up to {MOST}; `after` and `limit` do not matter.",
        csv_answer("test"),
        errors=(404, 503),
    )
    def tests(run_id: RunId, query: TestsQuery) -> Response:
        wanted = {**asdict(query), "after": None, "limit": None}
        rows = pages_of(lambda after, limit: store.tests(run_key(run_id), **{**wanted, "after": after, "limit": limit}))
        return csv_table("tests.csv", TESTS, rows)

    @routes.get("/tests/history.csv")
    @scope("read")
    @operation(
        "getTestHistoryAsCsv",
        f"One test over runs as CSV, all up to {MOST}; `after` and `limit` do not matter.",
        csv_answer("result"),
        errors=(503,),
    )
    def test_history(query: TestHistoryQuery) -> Response:
        wanted = asdict(query)
        rows = pages_of(lambda after, limit: store.test_history(**{**wanted, "after": after, "limit": limit}))
        return csv_table("history.csv", HISTORY, rows)

    @routes.get("/tests/messages.csv")
    @scope("read")
    @operation(
        "listMessagesOfTestAsCsv",
        "The same as CSV.",
        csv_answer("message"),
        errors=(503,),
    )
    def messages(query: MessagesQuery) -> Response:
        found = timelines.messages(**asdict(query))
        return csv_table("messages.csv", timeline_csv.MESSAGES, map(timeline_csv.message_row, found))

    @routes.get("/tests/rates.csv")
    @scope("read")
    @operation(
        "listRatesOfTestAsCsv",
        "How often a test passes on each setup, of the runs that its timeline has, as CSV.",
        csv_answer("setup"),
        errors=(503,),
    )
    def rates(query: MessagesQuery) -> Response:
        return csv_table("rates.csv", timeline_csv.RATES, timeline_csv.rates_of(timelines.timeline(**asdict(query))))

    @routes.get("/timeline.csv")
    @scope("read")
    @operation(
        "getTimelineAsCsv",
        "The same as CSV.",
        csv_answer("point"),
        errors=(503,),
    )
    def timeline(query: TimelineQuery) -> Response:
        told = timelines.timeline(**asdict(query))
        return csv_table("timeline.csv", timeline_csv.POINTS, timeline_csv.points_of(told))

    @routes.get("/search.csv")
    @scope("read")
    @operation(
        "searchAsCsv",
        f"The failures as CSV, whole messages, all up to {MOST}.",
        csv_answer("failure"),
        errors=(503,),
    )
    def failures(query: SearchWords) -> Response:
        rows = pages_of(lambda after, limit: search.failures(query.q, after, limit))
        return csv_table("failures.csv", FAILURES, (in_words({**row, "status": "FAIL"}) for row in rows))

    return routes
