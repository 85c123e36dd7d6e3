"""For those who run the dashboard: is it well, and how much does it do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from flask import Blueprint, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from livewall_dashboard.access.guard import public, scope
from livewall_dashboard.base.feature import Check
from livewall_dashboard.monitoring.metrics import Metrics
from livewall_dashboard.monitoring.model import Health, HealthQuery
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response
from livewall_dashboard.web.schemas import Release
from livewall_dashboard.web.values import time_text


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
    release_told = None if release is None else Release(**release)

    @routes.get("/healthz")
    @public
    @operation(
        "getHealth",
        "Whether the dashboard is well, with reasons if not.",
        Answer(200, "All is well.", Health),
        Answer(503, "Something is wrong.", Health),
        strict=False,
    )
    def healthz(query: HealthQuery) -> Response:
        asked = checks if query.live is None else {}
        reasons = _reasons(asked)
        status: Literal["ok", "unwell"] = "unwell" if reasons else "ok"
        health = Health(status, reasons, list(asked), version, release_told, time_text(started_at))
        return json_response(health, 503 if reasons else 200)

    @routes.get("/__health")
    @public
    def health_of_resultsdbpy() -> Response:
        """Where its own set-up has it, and what watches that."""
        return healthz()

    @routes.get("/metrics")
    @scope("read")
    @operation(
        "getMetrics",
        "Counters for Prometheus; scope read.",
        Answer(200, "Text exposition.", str),
        strict=False,
    )
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
