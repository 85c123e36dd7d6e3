"""Signing in and out."""

from __future__ import annotations

from livewall_dashboard.access import routes
from livewall_dashboard.access.guard import Guard
from livewall_dashboard.base.feature import Counter, Feature


def feature(guard: Guard) -> Feature:
    return Feature(
        name="access",
        blueprints=[routes.blueprint(guard)],
        measures=[Counter("failed_logins", "Wrong tokens shown", lambda: guard.failed_logins)],
    )
