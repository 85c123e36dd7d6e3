"""Tables of results as CSV, for spreadsheets: the tests of a run, and one test over runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response
from msgspec.structs import asdict

from livewall_dashboard.access.guard import scope
from livewall_dashboard.history.parameters import TestHistoryQuery, TestsQuery
from livewall_dashboard.history.resources import RunId
from livewall_dashboard.history.routes import run_key
from livewall_dashboard.history.store import Store
from livewall_dashboard.web.csv_table import MOST, csv_response, pages_of
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.values import time_text

Row = dict[str, Any]
TESTS = ("longname", "status", "outcome", "attempts", "elapsed_time", "start_time", "tags", "message", "process", "id")
HISTORY = ("started_at", "setup", "branch", "commit", "status", "outcome", "attempts", "elapsed_time", "message",
           "longname", "run", "id")  # fmt: skip


def blueprint(store: Store) -> Blueprint:
    routes = Blueprint("csv", __name__, url_prefix="/api/v1")

    @routes.get("/runs/<run_id>/tests.csv")
    @scope("read")
    @operation(
        "listTestsAsCsv",
        f"Tests of a run as CSV, all up to {MOST}; `after` and `limit` do not matter.",
        Answer(200, "A line for each test.", str, "text/csv"),
        errors=(404, 503),
    )
    def tests(run_id: RunId, query: TestsQuery) -> Response:
        wanted = {**asdict(query), "after": None, "limit": None}
        rows = pages_of(lambda after, limit: store.tests(run_key(run_id), **{**wanted, "after": after, "limit": limit}))
        return csv_response("tests.csv", TESTS, (_cells(row, TESTS) for row in rows))

    @routes.get("/tests/history.csv")
    @scope("read")
    @operation(
        "getTestHistoryAsCsv",
        f"One test over runs as CSV, all up to {MOST}; `after` and `limit` do not matter.",
        Answer(200, "A line for each result.", str, "text/csv"),
        errors=(503,),
    )
    def test_history(query: TestHistoryQuery) -> Response:
        wanted = asdict(query)
        rows = pages_of(lambda after, limit: store.test_history(**{**wanted, "after": after, "limit": limit}))
        return csv_response("history.csv", HISTORY, (_cells(row, HISTORY) for row in rows))

    return routes


def _cells(row: Row, names: tuple[str, ...]) -> Iterator[object]:
    told = {**row, "tags": ", ".join(row.get("tags", ()))}
    for name in names:
        value = told.get(name)
        yield time_text(value) if hasattr(value, "isoformat") else value
