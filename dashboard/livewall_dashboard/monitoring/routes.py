"""For those who run the dashboard: is it well, and how much does it do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, Response, jsonify, request
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from livewall_dashboard.access.guard import public, scope
from livewall_dashboard.monitoring.metrics import Metrics
from livewall_dashboard.web.values import time_text

Check = Callable[[], str | None]
"""None when all is well, else the reason why not, for people: it names no secrets."""


def blueprint(
    checks: Mapping[str, Check],
    metrics: Metrics,
    *,
    version: str,
    started_at: datetime,
    release: Mapping[str, str] | None = None,
) -> Blueprint:
    """`/healthz` answers 200 while every check is well, else 503; `/healthz?live` answers 200 while it can at all."""
    routes = Blueprint("ops", __name__)

    @routes.get("/healthz")
    @public
    def healthz() -> Response:
        reasons = {} if "live" in request.args else _reasons(checks)
        response = jsonify(
            {
                "status": "unwell" if reasons else "ok",
                "reasons": reasons,
                "checks": [] if "live" in request.args else list(checks),
                "version": version,
                "release": release,
                "started_at": time_text(started_at),
            }
        )
        response.status_code = 503 if reasons else 200
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.get("/metrics")
    @scope("read")
    def read_metrics() -> Response:
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    return routes


def _reasons(checks: Mapping[str, Check]) -> dict[str, str]:
    reasons = {}
    for name, check in checks.items():
        try:
            reason = check()
        except Exception as error:
            reason = f"The check itself failed: {type(error).__name__}."
        if reason:
            reasons[name] = reason
    return reasons
