"""Pages of jobs and agents: frames that fill themselves from the API."""

from __future__ import annotations

from flask import Blueprint, render_template

from livewall_dashboard.access.guard import Guard, scope


def blueprint(guard: Guard) -> Blueprint:
    routes = Blueprint("jobqueue_pages", __name__)

    def shown(template: str, **about: str) -> str:
        return render_template(f"jobqueue/{template}.html", may_act=guard.allows("submit"), **about)

    @routes.get("/jobs")
    @scope("read")
    def jobs() -> str:
        return shown("jobs", page="jobs")

    @routes.get("/jobs/<job_id>")
    @scope("read")
    def job(job_id: str) -> str:
        return shown("job", page="job", job_id=job_id)

    @routes.get("/agents")
    @scope("read")
    def agents() -> str:
        return shown("agents", page="agents")

    return routes
