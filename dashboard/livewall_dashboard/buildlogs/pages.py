"""The page of build reports: the last ones, all or of a project and version."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from livewall_agent.reportwire import project_and_version
from livewall_dashboard.access.guard import scope
from livewall_dashboard.buildlogs.store import ReportStore
from livewall_dashboard.web.links import page_of
from livewall_dashboard.web.values import time_text

PAGE = 50


def blueprint(store: ReportStore) -> Blueprint:
    routes = Blueprint("report_pages", __name__)

    @routes.get("/reports")
    @scope("read")
    def reports() -> str:
        return _page()

    @routes.get("/reports/<project>")
    @scope("read")
    def of_project(project: str) -> str:
        return _page(project)

    @routes.get("/reports/<project>/<version>")
    @scope("read")
    def of_version(project: str, version: str) -> str:
        return _page(project, version)

    @routes.get("/q/<basename>")
    @scope("read")
    def of_basename(basename: str) -> Response:
        """Where pages and mails of pretest lead."""
        project, version = project_and_version(basename)
        return redirect("/reports/" + "/".join(filter(None, (project, version))), 302)

    def _page(project: str | None = None, version: str | None = None) -> str:
        before = request.args.get("before")
        rows, following = store.reports(limit=PAGE, before=before, project=project, version=version)
        return render_template(
            "buildlogs/reports.html",
            page="reports",
            chosen=" ".join(filter(None, (project, version))),
            reports=[_shown(row) for row in rows],
            next=urlencode({"before": following}) if following else "",
            upload=f"{request.host_url}upload",
        )

    return routes


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    about = ", ".join(filter(None, (row["system"], row["architecture"], row["compiler"])))
    told = {"page": page_of(row["run"]), "about": about, "started": time_text(row["started_at"])}
    return {**row, **told, "line": row["details"]["line"]}
