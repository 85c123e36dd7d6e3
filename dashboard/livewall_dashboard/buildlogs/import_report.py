"""A tarball of a build report from a file into the history, without a wall."""

from __future__ import annotations

import os
from contextlib import closing
from functools import cache, partial
from pathlib import Path

from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import Forbidden, LivewallError
from livewall_dashboard.base.file_reader import FileToRead, ReadRun
from livewall_dashboard.base.offload import call_directly
from livewall_dashboard.base.settings import artifacts_below
from livewall_dashboard.buildlogs.keep_report import ReportKeeper
from livewall_dashboard.buildlogs.store import ReportStore
from livewall_dashboard.history.result_sets.store_result_set import ResultSets
from livewall_dashboard.history.store import Store
from livewall_dashboard.lab.load import read_lab
from livewall_dashboard.lab.model import ReportLimits
from livewall_dashboard.lab.seen import SeenFiles
from livewall_dashboard.postgres.database import Database

_CONFIGURATION = "setups_config.json"


def import_report(file: FileToRead, database_url: str, data: Path) -> ReadRun:
    """Raises NotAReport, TooLargeReport, and what the history has against it. `data`: the wall's folder."""
    if file.setups is not None and file.setup is None:
        raise Forbidden("The token is bound to several setups: say by `setup` on which of these it was built.")
    with (
        closing(Database(database_url)) as database,
        closing(_result_sets(database)) as result_sets,
        file.path.open("rb") as tarball,
    ):
        kept = _keeper(database, result_sets, data).keep(tarball, None, file.setup or "", file.labels)
    return ReadRun(kept.run, kept.setup, kept.tests, is_new=kept.is_new, is_partial=kept.is_partial, note=kept.line)


def _result_sets(database: Database) -> ResultSets:
    return ResultSets(database, clock=utc_now, on_stored=lambda _: None)


def _keeper(database: Database, result_sets: ResultSets, data: Path) -> ReportKeeper:
    store = ReportStore(database)
    return ReportKeeper(
        store,
        Store(database),
        result_sets,
        ArtifactStore(database, artifacts_below(data)),
        folder=data / "incoming",
        offload=call_directly,
        clock=utc_now,
        limits=cache(partial(_limits, store, data)),
    )


def _limits(store: ReportStore, data: Path) -> ReportLimits:
    """Those of the wall, wherever its configuration lies. Before its first start those of the one in its folder.

    The usual ones where there is none, or a faulty one.
    """
    limits = store.limits()
    if limits is not None:
        return limits
    try:
        return read_lab(data / _CONFIGURATION, os.environ, SeenFiles()).lab.reports
    except LivewallError:
        return ReportLimits()
