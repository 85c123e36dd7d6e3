"""What the wall consists of: one line a feature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from livewall_dashboard.access import feature as access
from livewall_dashboard.artifacts import feature as artifacts
from livewall_dashboard.base.feature import Feature
from livewall_dashboard.branches import feature as branches
from livewall_dashboard.buildlogs import feature as buildlogs
from livewall_dashboard.buildlogs.step_reading import StepReader
from livewall_dashboard.core import Core
from livewall_dashboard.history import feature as history
from livewall_dashboard.importing import feature as importing
from livewall_dashboard.importing.file_importer import FileImporter
from livewall_dashboard.importing.import_runner import ImportRunner
from livewall_dashboard.ingest import feature as ingest
from livewall_dashboard.jenkins import feature as jenkins
from livewall_dashboard.jobqueue import feature as jobqueue
from livewall_dashboard.jobqueue.job_access import JobAccess
from livewall_dashboard.lab import feature as lab
from livewall_dashboard.monitoring import feature as monitoring
from livewall_dashboard.readers import READERS
from livewall_dashboard.resultsdb import feature as resultsdb
from livewall_dashboard.retention import feature as retention
from livewall_dashboard.screens import feature as screens


def _branches(core: Core) -> Feature:
    """Its builds are jobs of the queue, whose logs and files of results are read as all others are."""
    runner = ImportRunner(core.settings.data / "branches" / ".imports", core.database.url)
    made = branches.feature(
        core,
        JobAccess(core.database, core.artifacts),
        StepReader,
        FileImporter(runner, READERS, core.settings.data),
    )

    def prepare() -> None:
        runner.tidy()
        made.prepare()

    def close() -> None:
        runner.stop()
        made.close()

    return replace(made, prepare=prepare, close=close)


FEATURES: tuple[Callable[[Core], Feature], ...] = (
    _branches,
    buildlogs.feature,
    partial(importing.feature, readers=READERS),
    jenkins.feature,
    jobqueue.feature,
    resultsdb.feature,
    retention.feature,
)
"""Each is a folder that none of the others knows. The wall would be one without them."""


def features_of(core: Core) -> list[Feature]:
    """All that there are, in the order they start; they stop in the other one.

    First the rooms of which the core is made. Who lies below the core does not know it, and is handed what it needs.
    """
    members: dict[str, Callable[[str], object]] = {}
    stored = history.feature(
        core.recorder,
        core.store,
        core.publisher,
        core.database,
        core.result_sets,
        core.stored_runs,
        core.commit_fetchers,
        core.run_ended,
        members,
    )
    found = [
        stored,
        ingest.feature(core.intake, core.estimates, core.wall, core.store, core.metrics, core.run_begun),
        artifacts.feature(core.database, core.artifacts, core.run_logs, core.log_stored),
        screens.feature(
            core.publisher,
            core.hub,
            core.changes,
            core.notices,
            core.recorder,
            stored.checks["database"],
            core.clock,
        ),
        lab.feature(core.lab),
        access.feature(core.guard),
        *(feature(core) for feature in FEATURES),
    ]
    for feature in found:
        members.update(feature.run_members)
    watch = monitoring.feature(found, core.metrics, core.settings, clock=core.clock, release=core.release)
    return [*found, watch]
