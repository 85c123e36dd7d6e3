"""The wall's page, and what its screens are sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.feature import Check, Counter, Feature, Gauge
from livewall_dashboard.screens import routes
from livewall_dashboard.screens.changes import Changes
from livewall_dashboard.screens.hub import Hub
from livewall_dashboard.screens.notices import Notices
from livewall_dashboard.screens.publisher import Publisher

LOOK_EACH = 1.0
"""Seconds."""


class Recorder(Protocol):
    """Who knows whether Postgres is there."""

    @property
    def has_outage(self) -> bool: ...


def feature(
    publisher: Publisher,
    hub: Hub,
    changes: Changes,
    notices: Notices,
    recorder: Recorder,
    database: Check,
    clock: Callable[[], datetime],
) -> Feature:
    """`database`: what /healthz says of it; all screens say the same."""

    def look() -> None:
        notices.tell("database", database() or "", clock())
        if not recorder.has_outage:  # while Postgres is away nobody can have been locked out there
            hub.disconnect_expired()
            changes.disconnect_expired()

    missed = "Frames not sent to a screen that does not read"
    return Feature(
        name="screens",
        blueprints=[routes.blueprint(publisher)],
        background=[publisher.loop, changes.loop, Loop("screens", look, LOOK_EACH)],
        measures=[
            Gauge("screens", "Screens connected", lambda: hub.connected),
            Gauge("pages", "Pages beside the wall that are told of changes", lambda: changes.connected),
            Counter("dropped_frames", missed, lambda: hub.dropped_frames),
        ],
    )
