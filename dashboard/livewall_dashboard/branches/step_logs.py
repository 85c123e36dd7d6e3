"""What steps have written, for whoever reads their logs: also while they write."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.branches.job_log import step_text
from livewall_dashboard.branches.jobs import Jobs
from livewall_dashboard.branches.overview import Overview


class StepLogs:
    """Raises Unavailable while Postgres is away."""

    def __init__(self, overview: Overview, jobs: Jobs) -> None:
        self._overview = overview
        self._jobs = jobs

    def response(self, number: int, step: str) -> Response:
        """As plain text, in pieces. Raises NotFound."""
        build = self._overview.build(number)
        no = next((no for no, each in enumerate(build.steps, 1) if each.name == step), None)
        if no is None or build.job is None:
            raise NotFound(f"The branch build {number} has no log of {step[:100]!r}.")
        text = step_text(self._jobs, UUID(build.job), build.same_as or number, no)
        response = Response(text, content_type="text/plain; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
