"""Pages of branches and their builds: frames that fill themselves from the API."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from livewall_dashboard.access.guard import Guard, scope
from livewall_dashboard.lab.model import Lab


def blueprint(lab: Callable[[], Lab], guard: Guard) -> Blueprint:
    routes = Blueprint("branch_pages", __name__)

    def shown(template: str, **about: object) -> str:
        about |= {"projects": len(lab().projects), "may_act": guard.allows("branch-builds")}
        return render_template(f"branches/{template}.html", page="branches", **about)

    @routes.get("/branches")
    @scope("read")
    def projects() -> str | Response:
        """Where there is one project, nobody has to choose."""
        names = [project.name for project in lab().projects]
        if len(names) != 1:
            return shown("projects")
        query = request.query_string.decode("ascii", "ignore")
        return redirect(f"/branches/{quote(names[0], safe='')}{f'?{query}' if query else ''}", 302)

    @routes.get("/branches/<project>")
    @scope("read")
    def of_project(project: str) -> str:
        return shown("project", project=project)

    @routes.get("/branch-builds/<number>")
    @scope("read")
    def build(number: str) -> str:
        return shown("build", number=number)

    return routes
