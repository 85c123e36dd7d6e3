"""Build reports beside each other: a project's versions over its systems, a version over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from livewall_agent.reportwire import STEPS
from livewall_dashboard.access.guard import scope
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.buildlogs import resources
from livewall_dashboard.buildlogs.resources import SummaryQuery, VersionsQuery
from livewall_dashboard.buildlogs.rows import counts_of_row, error_of
from livewall_dashboard.buildlogs.store import ReportStore
from livewall_dashboard.buildlogs.version_matrix import Cell, matrix
from livewall_dashboard.buildlogs.version_summary import (
    SharedError,
    in_order,
    label,
    mail_text,
    parameters,
    shared_errors,
)
from livewall_dashboard.history import cursor
from livewall_dashboard.history.resources import of
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response

MOST_CELLS = 10_000
NO_VERSION = "-"
"""What stands in an address for no version."""


def blueprint(store: ReportStore) -> Blueprint:
    routes = Blueprint("report_overviews", __name__, url_prefix="/api/v1/reports")

    @routes.get("/projects")
    @scope("read")
    @operation(
        "listReportProjects",
        "Projects of which there are build reports lately, the latest first.",
        Answer(200, "The projects.", resources.ReportProjectList),
        errors=(503,),
    )
    def projects() -> Response:
        found = [of(resources.ReportProject, row) for row in store.projects()]
        return json_response(resources.ReportProjectList(found))

    @routes.get("/versions")
    @scope("read")
    @operation(
        "listReportVersions",
        "A project's versions over the systems that built them.",
        Answer(200, "A page of versions.", resources.ProjectVersions),
        errors=(404, 503),
    )
    def versions(query: VersionsQuery) -> Response:
        (offset,) = cursor.decode(query.after, int) if query.after else [0]
        # One more than is shown says what the oldest of these is beside.
        found = store.versions(query.project, limit=query.limit + 1, offset=offset)
        if not found and not offset:
            raise NotFound(f"There is no build report of {query.project[:200]!r}.")
        names = [row["version"] for row in found]
        rows = matrix(store.latest(query.project, names, MOST_CELLS), names)
        systems = [
            resources.SystemOfProject(*key, [_cell(cell) for cell in cells[: query.limit]])
            for key, cells in rows
            if any(cells[: query.limit])
        ]
        following = cursor.encode([offset + query.limit]) if len(found) > query.limit else None
        shown = [of(resources.ReportVersion, row) for row in found[: query.limit]]
        return json_response(resources.ProjectVersions(query.project, shown, systems, following))

    @routes.get("/summary")
    @scope("read")
    @operation(
        "summarizeReports",
        "A version over all systems: steps, errors that are the same on several, and a text for a release mail.",
        Answer(200, "The summary.", resources.VersionSummary),
        errors=(404, 503),
    )
    def summary(query: SummaryQuery) -> Response:
        reports = in_order(store.version(query.project, query.version))
        if not reports:
            raise NotFound(f"There is no build report of {query.project[:200]!r} {query.version[:200]!r}.")
        errors = shared_errors(reports)
        address = request.host_url.rstrip("/") + page_of_version(query.project, query.version)
        title = f"{query.project} {query.version}".strip()
        taken = {step["name"] for report in reports for step in report["steps"]}
        return json_response(
            resources.VersionSummary(
                query.project,
                query.version,
                [step for step in STEPS if step in taken],
                [_system(report, place, errors) for place, report in enumerate(reports)],
                [_shared(error, reports) for error in errors],
                mail_text(title, reports, errors, address),
            )
        )

    return routes


def page_of_version(project: str, version: str) -> str:
    return f"/reports/{quote(project, safe='')}/{quote(version, safe='') or NO_VERSION}"


def _cell(cell: Cell | None) -> resources.VersionOnSystem | None:
    if cell is None:
        return None
    row = {**cell.worst, "reports": cell.reports, "failed": cell.failed, "is_known": cell.is_known}
    row |= {"counts": counts_of_row(cell.worst), "missing_tests": cell.worst["details"]["missing_tests"]}
    return of(resources.VersionOnSystem, row)


def _system(report: Mapping[str, Any], place: int, errors: Sequence[SharedError]) -> resources.SystemReport:
    changes = {} if report["former"] else {"new_warnings": None, "fixed_warnings": None}
    more = {
        "name": label(report),
        "parameters": parameters(report),
        "counts": counts_of_row(report),
        "steps": [of(resources.StepState, step) for step in report["steps"]],
        "error": next((number for number, error in enumerate(errors) if place in error.places), None),
    }
    return of(resources.SystemReport, {**report["details"], **report, **changes, **more})


def _shared(shared: SharedError, reports: Sequence[Mapping[str, Any]]) -> resources.SharedError:
    its = [reports[place] for place in shared.places]
    error = error_of(dict(shared.error))
    assert error is not None
    is_known = all(report["former_status"] == report["status"] for report in its)
    return resources.SharedError(shared.step, error, [report["run"] for report in its], is_known)
