"""Comparing two runs: for programs, as CSV, and the page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template

from livewall_dashboard.access.guard import scope
from livewall_dashboard.history.compare import resources
from livewall_dashboard.history.compare.comparison import Comparisons
from livewall_dashboard.history.resources import Commit, Run, of
from livewall_dashboard.history.store import Store
from livewall_dashboard.web.csv_table import csv_answer, csv_response, pages_of
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response

Row = dict[str, Any]
COLUMNS = ("kind", "longname", "left_status", "right_status", "left_seconds", "right_seconds", "left_message",
           "right_message")  # fmt: skip


def blueprint(store: Store, comparisons: Comparisons) -> Blueprint:
    routes = Blueprint("compare", __name__)

    def left_of(query: resources.Comparable) -> str:
        return query.left or comparisons.run_before(query.right)

    @routes.get("/api/v1/compare")
    @scope("read")
    @operation(
        "compareRuns",
        "Two runs test by test: what newly fails, is fixed, still fails, was not executed, got slower.",
        Answer(200, "The runs, and a page of tests.", resources.Comparison),
        errors=(404, 503),
    )
    def compare(query: resources.CompareQuery) -> Response:
        left = left_of(query)
        runs = _run(store.run(left)), _run(store.run(query.right))
        found = comparisons.compare(left, query.right, query.kind, query.q, query.after, query.limit)
        tests = [_test(row) for row in found.tests]
        return json_response(resources.Comparison(*runs, resources.KindCounts(**found.counts), tests, found.next))

    @routes.get("/api/v1/compare.csv")
    @scope("read")
    @operation(
        "compareRunsAsCsv",
        "The same as CSV, all tests. What a spreadsheet would take for a formula begins with '.",
        csv_answer("test"),
        errors=(404, 503),
    )
    def compare_as_csv(query: resources.Comparable) -> Response:
        read = partial(comparisons.compare, left_of(query), query.right, query.kind, query.q)

        def page(after: str | None, limit: int) -> tuple[list[Row], str | None]:
            found = read(after=after, limit=limit)
            return found.tests, found.next

        return csv_response("compared.csv", COLUMNS, map(_cells, pages_of(page)))

    @routes.get("/compare")
    @scope("read")
    def page() -> str:
        return render_template("history/compare.html", page="compare")

    return routes


def _run(row: Row) -> Run:
    return of(Run, {**row, "commits": [of(Commit, commit) for commit in row["commits"]]})


def _test(row: Row) -> resources.ComparedTest:
    sides = {side: row[side] and of(resources.ComparedResult, row[side]) for side in ("left", "right")}
    return resources.ComparedTest(longname=row["longname"], kind=row["kind"], **sides)


def _cells(row: Row) -> Iterator[object]:
    sides = [row["left"] or {}, row["right"] or {}]
    yield from (row["kind"], row["longname"])
    for name in ("status", "elapsed_time", "message"):
        yield from (side.get(name) for side in sides)
