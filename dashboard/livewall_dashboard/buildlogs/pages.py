"""The pages of build reports: frames that fill themselves from the API."""

from __future__ import annotations

import re
from urllib.parse import unquote

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from livewall_agent.reportwire import project_and_version
from livewall_dashboard.access.guard import scope
from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.buildlogs.overview_routes import NO_VERSION, page_of_version

_TEXT = re.compile(r"/(?:api/)?v1/[\w./%:@-]{1,500}")


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

    @routes.get("/log")
    @scope("read")
    def text_log() -> str:
        """Of any feature: `of` is where its text is, which the browser asks for, as who reads it may."""
        of = request.args.get("of", "")
        if not _TEXT.fullmatch(of) or ".." in of:
            raise BadRequest("`of` is where a log is in this wall's API, such as /api/v1/branch-builds/7/log/make.")
        return render_template("buildlogs/text-log.html", page="text-log", of=of, name=unquote(of.rpartition("/")[2]))

    @routes.get("/q/<basename>")
    @scope("read")
    def of_basename(basename: str) -> Response:
        """Where pages and mails of pretest lead."""
        return redirect(page_of_version(*project_and_version(basename)), 302)

    return routes
