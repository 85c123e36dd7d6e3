"""Tables of build reports as CSV."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from msgspec.structs import asdict

from livewall_dashboard.access.guard import scope
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.buildlogs import reports_csv
from livewall_dashboard.buildlogs.reports_csv import DIAGNOSTICS, OF_SYSTEM, REPORTS, SYSTEMS
from livewall_dashboard.buildlogs.resources import DiagnosticsFilter, ProjectQuery, ReportsFilter, Run, SummaryQuery
from livewall_dashboard.buildlogs.store import ReportStore
from livewall_dashboard.buildlogs.version_matrix import matrix
from livewall_dashboard.buildlogs.version_summary import in_order
from livewall_dashboard.web.csv_table import MOST, csv_answer, csv_response, csv_table, pages_of
from livewall_dashboard.web.operation import operation

Row = dict[str, Any]
MOST_VERSIONS = 200
MOST_CELLS = 100_000
DIAGNOSTICS_AT_ONCE = 10_000
"""Rows: each page sorts all those of the report anew."""


def blueprint(store: ReportStore) -> Blueprint:
    routes = Blueprint("reports_csv", __name__, url_prefix="/api/v1")

    @routes.get("/reports.csv")
    @scope("read")
    @operation(
        "listReportsAsCsv",
        f"The same as CSV, all up to {MOST}.",
        csv_answer("report"),
        errors=(503,),
    )
    def reports(query: ReportsFilter) -> Response:
        wanted = asdict(query)
        rows = pages_of(lambda before, limit: store.reports(**wanted, before=before, limit=limit))
        return csv_table("reports.csv", REPORTS, map(reports_csv.report_row, rows))

    @routes.get("/reports/versions.csv")
    @scope("read")
    @operation(
        "listReportVersionsAsCsv",
        f"The same as CSV, the newest {MOST_VERSIONS} versions: the status of each on each system.",
        csv_answer("system, with a column for each version"),
        errors=(404, 503),
    )
    def versions(query: ProjectQuery) -> Response:
        names = [row["version"] for row in store.versions(query.project, limit=MOST_VERSIONS)]
        if not names:
            raise NotFound(f"There is no build report of {query.project[:200]!r}.")
        systems = matrix(store.latest(query.project, names, MOST_CELLS), names)
        return csv_response("versions.csv", [*OF_SYSTEM, *names], reports_csv.matrix_lines(systems))

    @routes.get("/reports/summary.csv")
    @scope("read")
    @operation(
        "summarizeReportsAsCsv",
        "The systems of it as CSV.",
        csv_answer("system"),
        errors=(404, 503),
    )
    def summary(query: SummaryQuery) -> Response:
        found = in_order(store.version(query.project, query.version))
        if not found:
            raise NotFound(f"There is no build report of {query.project[:200]!r} {query.version[:200]!r}.")
        return csv_table("systems.csv", SYSTEMS, map(reports_csv.system_row, found))

    @routes.get("/reports/<run>/diagnostics.csv")
    @scope("read")
    @operation(
        "listDiagnosticsAsCsv",
        f"The same as CSV, all up to {MOST}.",
        csv_answer("diagnostic"),
        errors=(404, 503),
    )
    def diagnostics(run: Run, query: DiagnosticsFilter) -> Response:
        former = store.report(run)["former"]

        def page(after: str | None, limit: int) -> tuple[list[Row], str | None]:
            offset = int(after or 0)
            found = store.diagnostics(run, former, query.kind, change=query.change, limit=limit + 1, offset=offset)
            return found[:limit], str(offset + limit) if len(found) > limit else None

        rows = pages_of(page, DIAGNOSTICS_AT_ONCE)
        return csv_table("diagnostics.csv", DIAGNOSTICS, rows)

    return routes
