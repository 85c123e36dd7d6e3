"""Build reports for programs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from msgspec.structs import asdict

from livewall_dashboard.access.guard import scope
from livewall_dashboard.buildlogs import resources
from livewall_dashboard.buildlogs.compare import compare
from livewall_dashboard.buildlogs.read_log import LogReader
from livewall_dashboard.buildlogs.resources import (
    CompareQuery,
    DiagnosticsQuery,
    LogQuery,
    LogSearchQuery,
    ReportsQuery,
    Run,
)
from livewall_dashboard.buildlogs.rows import counts_of_row, error_of
from livewall_dashboard.buildlogs.search_log import Wanted
from livewall_dashboard.buildlogs.store import ReportStore
from livewall_dashboard.history import cursor
from livewall_dashboard.history.resources import of
from livewall_dashboard.history.store import Store
from livewall_dashboard.web.links import address_of
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response

Row = dict[str, Any]


def blueprint(store: ReportStore, logs: LogReader, history: Store) -> Blueprint:
    routes = Blueprint("reports", __name__, url_prefix="/api/v1/reports")

    @routes.get("")
    @scope("read")
    @operation(
        "listReports",
        "Build reports, the latest first by when they began.",
        Answer(200, "A page of reports.", resources.ReportList),
        errors=(503,),
    )
    def reports(query: ReportsQuery) -> Response:
        rows, following = store.reports(**asdict(query))
        return json_response(resources.ReportList([_report(row) for row in rows], following))

    @routes.get("/compare")
    @scope("read")
    @operation(
        "compareReports",
        "What differs between two build reports: steps, tests, warnings, what configure found.",
        Answer(200, "The differences.", resources.ReportComparison),
        errors=(404, 503),
    )
    def compared(query: CompareQuery) -> Response:
        found = compare(store, history, query.left, query.right)
        return json_response(
            resources.ReportComparison(
                left=_report(found.left),
                right=_report(found.right),
                steps=[resources.StepChange(*change) for change in found.steps],
                tests=[resources.TestChange(*change) for change in found.tests],
                new_warnings=[of(resources.ReportDiagnostic, row) for row in found.new_warnings],
                fixed_warnings=[of(resources.ReportDiagnostic, row) for row in found.fixed_warnings],
                answers=[resources.AnswerChange(*change) for change in found.answers],
            )
        )

    @routes.get("/<run>")
    @scope("read")
    @operation(
        "getReport",
        "One build report with its steps and why they failed.",
        Answer(200, "The report.", resources.ReportDetail),
        errors=(404, 503),
    )
    def report(run: Run) -> Response:
        row = store.report(run)
        details = row["details"]
        steps = [of(resources.Step, {**step, "first_error": error_of(step["first_error"])}) for step in row["steps"]]
        tarball = address_of(row["run"], details["tarball"])
        answers = store.answers(row["answers_id"])
        members = {**_members(row), "steps": steps, "tarball": tarball, "answers": answers}
        members["failed_check"] = details["failed_check"] and of(resources.FailedCheck, details["failed_check"])
        return json_response(of(resources.ReportDetail, members))

    @routes.get("/<run>/diagnostics")
    @scope("read")
    @operation(
        "listDiagnostics",
        "Errors and warnings of a build report, and those of the report before that are gone.",
        Answer(200, "A page of diagnostics.", resources.DiagnosticList),
        errors=(404, 503),
    )
    def diagnostics(run: Run, query: DiagnosticsQuery) -> Response:
        (offset,) = cursor.decode(query.after, int) if query.after else [0]
        former = store.report(run)["former"]
        rows = store.diagnostics(run, former, query.kind, change=query.change, limit=query.limit + 1, offset=offset)
        following = cursor.encode([offset + query.limit]) if len(rows) > query.limit else None
        found = [of(resources.ReportDiagnostic, row) for row in rows[: query.limit]]
        return json_response(resources.DiagnosticList(found, following))

    @routes.get("/<run>/log/<step>")
    @scope("read")
    @operation(
        "getLogLines",
        "Lines of a step's log, from any place of it.",
        Answer(200, "The lines.", resources.LogLines),
        errors=(404, 503),
    )
    def log(run: Run, step: str, query: LogQuery) -> Response:
        found = logs.read(store.log(run, step), query.start, query.lines)
        return json_response(
            resources.LogLines(step, query.start, found.lines, found.total, found.next, address_of(run, f"{step}.log"))
        )

    @routes.get("/<run>/log/<step>/search")
    @scope("read")
    @operation(
        "searchLog",
        "Which lines of a step's log have a text, a part of the log at a time.",
        Answer(200, "The lines.", resources.LogMatches),
        errors=(404, 503),
    )
    def search(run: Run, step: str, query: LogSearchQuery) -> Response:
        wanted = Wanted(query.q, query.start, query.to, query.limit, query.order == "last")
        found = logs.search(store.log(run, step), wanted)
        return json_response(resources.LogMatches(found.lines, found.count, found.next))

    return routes


def _report(row: Row) -> resources.Report:
    return of(resources.Report, _members(row))


def _members(row: Row) -> Row:
    changes = {} if row["former"] else {"new_warnings": None, "fixed_warnings": None}
    return {
        **row["details"],
        **row,
        **changes,
        "counts": counts_of_row(row),
        "first_error": error_of(row["first_error"]),
    }
