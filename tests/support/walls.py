"""The whole dashboard inside the test's process, without a socket; support.dashboard has processes."""

from __future__ import annotations

from typing import Any

from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.lab import Lab, LabFile
from livewall_dashboard.monitoring.feature import threads_of
from livewall_dashboard.postgres.database import Database


def wall_on(database_url: str, lab: Lab | None = None, **settings: object) -> Dashboard:
    """Of these `Settings`, not started. Without `lab` nothing is configured."""
    file = LabFile.of(lab or Lab.of([]))
    return Dashboard(Settings(**settings), file, Database(database_url), async_mode="threading")  # type: ignore[arg-type]


def thread_of(dashboard: Dashboard, name: str) -> Any:
    """The `Loop` or `Worker` of this name."""
    return next(thread for thread in threads_of(dashboard.features) if thread.name == name)
