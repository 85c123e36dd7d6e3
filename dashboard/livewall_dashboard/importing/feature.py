"""Runs that `livewall import` completes while the wall runs."""

from __future__ import annotations

from livewall_dashboard.base.feature import Feature
from livewall_dashboard.core import Core
from livewall_dashboard.importing.import_watcher import ImportWatcher


def feature(core: Core) -> Feature:
    return Feature(name="importing", background=[ImportWatcher(core.store, core.intake.take_over).loop])
