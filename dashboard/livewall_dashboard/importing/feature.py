"""Runs made of files: sent over HTTP, or imported by `livewall import` while the wall runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from livewall_dashboard.base.feature import Feature, PageAddition
from livewall_dashboard.core import Core
from livewall_dashboard.importing import routes
from livewall_dashboard.importing.import_runner import ImportRunner
from livewall_dashboard.importing.import_watcher import ImportWatcher


def feature(core: Core, readers: Sequence[str] = ()) -> Feature:
    """`readers`: those of other features, by name."""
    guard = core.guard
    runner = ImportRunner(core.settings.data / "imports", core.database.url)
    return Feature(
        name="importing",
        additions=[
            PageAddition("runs", "importing/import.js", "importing/importing.css", partial(guard.allows, "upload"))
        ],
        blueprints=[routes.blueprint(runner, guard, readers, core.settings.data)],
        prepare=runner.tidy,
        background=[ImportWatcher(core.store, core.intake.take_over).loop],
        close=runner.stop,
    )
