"""The whole dashboard inside the test's process, without a socket; support.dashboard has processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.lab import Lab, LabFile
from livewall_dashboard.monitoring.feature import threads_of
from livewall_dashboard.postgres.database import Database


def wall_on(
    database_url: str, lab: Lab | None = None, clock: Callable[[], datetime] = utc_now, **settings: object
) -> Dashboard:
    """Of these `Settings`, not started. Without `lab` nothing is configured."""
    file, database = LabFile.of(lab or Lab.of([])), Database(database_url)
    return Dashboard(Settings(**settings), file, database, async_mode="threading", clock=clock)  # type: ignore[arg-type]


def thread_of(dashboard: Dashboard, name: str) -> Any:
    """The `Loop` or `Worker` of this name."""
    return next(thread for thread in threads_of(dashboard.features) if thread.name == name)
