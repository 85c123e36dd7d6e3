"""The pages of build reports: frames that fill themselves from the API."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from livewall_agent.reportwire import project_and_version
from livewall_dashboard.access.guard import scope
from livewall_dashboard.buildlogs.overview_routes import NO_VERSION, page_of_version


def blueprint() -> Blueprint:
    routes = Blueprint("report_pages", __name__)

    @routes.get("/reports")
    @scope("read")
    def reports() -> str:
        return render_template("buildlogs/reports.html", page="reports")

    @routes.get("/reports/<project>")
    @scope("read")
    def of_project(project: str) -> str:
        return render_template("buildlogs/project.html", page="reports-project", project=project)

    @routes.get("/reports/<project>/<version>")
    @scope("read")
    def of_version(project: str, version: str) -> str:
        known = "" if version == NO_VERSION else version
        return render_template("buildlogs/version.html", page="reports-version", project=project, of_version=known)

    @routes.get("/runs/<run>/logs/<step>")
    @scope("read")
    def log(run: str, step: str) -> str:
        return render_template("buildlogs/log.html", page="report-log", run=run, step=step)

    @routes.get("/q/<basename>")
    @scope("read")
    def of_basename(basename: str) -> Response:
        """Where pages and mails of pretest lead."""
        return redirect(page_of_version(*project_and_version(basename)), 302)

    return routes
