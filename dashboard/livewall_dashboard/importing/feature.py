"""Runs made of files: sent over HTTP, or imported by `livewall import` while the wall runs."""

from __future__ import annotations

from livewall_dashboard.base.feature import Feature
from livewall_dashboard.core import Core
from livewall_dashboard.importing import routes
from livewall_dashboard.importing.import_runner import ImportRunner
from livewall_dashboard.importing.import_watcher import ImportWatcher


def feature(core: Core) -> Feature:
    runner = ImportRunner(core.settings.data / "imports", core.database.url)
    return Feature(
        name="importing",
        blueprints=[routes.blueprint(runner, core.guard)],
        prepare=runner.tidy,
        background=[ImportWatcher(core.store, core.intake.take_over).loop],
        close=runner.stop,
    )
