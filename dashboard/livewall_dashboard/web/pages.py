"""The pages: each is a frame that fills itself from the read API."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from livewall_dashboard.access.guard import scope


def blueprint(version: str) -> Blueprint:
    routes = Blueprint("pages", __name__)

    @routes.app_context_processor
    def shared() -> dict[str, str]:
        return {"version": version, "theme_query": _theme_query()}

    @routes.get("/")
    @scope("read")
    def wall() -> str:
        return render_template("wall/wall.html")

    @routes.get("/runs")
    @scope("read")
    def runs() -> str:
        return render_template("history/runs.html", page="runs")

    @routes.get("/runs/<run_id>")
    @scope("read")
    def run(run_id: str) -> str:
        return render_template("history/run.html", page="run", run_id=run_id)

    @routes.get("/tests")
    @scope("read")
    def test() -> str:
        return render_template("history/test-history.html", page="test")

    return routes


def _theme_query() -> str:
    """The theme somebody chose goes along from page to page."""
    theme = request.args.get("theme")
    return f"?theme={theme}" if theme in ("dark", "light") else ""
