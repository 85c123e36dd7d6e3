"""A run's files: uploaded by nodes, opened by people."""

from __future__ import annotations

import time

from livewall_dashboard.artifacts import routes
from livewall_dashboard.artifacts.run_files import RunFiles
from livewall_dashboard.artifacts.run_logs import RunLogs
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.feature import Feature
from livewall_dashboard.base.signal import Signal
from livewall_dashboard.postgres.database import Database


def feature(database: Database, store: ArtifactStore, logs: RunLogs, log_stored: Signal[str]) -> Feature:
    """`log_stored` is sent the key of a run whose log.html can be opened."""

    def prepare() -> None:
        logs.restore()
        store.tidy(time.time())

    log_stored.connect(logs.link)
    return Feature(
        name="artifacts",
        blueprints=[routes.blueprint(RunFiles(database, store), on_log=log_stored.send)],
        prepare=prepare,
    )
