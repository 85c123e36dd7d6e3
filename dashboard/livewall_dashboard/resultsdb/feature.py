"""resultsdbpy's API on the same runs: its uploaders and scripts work by changing a URL."""

from __future__ import annotations

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.feature import Feature
from livewall_dashboard.core import Core
from livewall_dashboard.resultsdb import commit_routes, result_routes, upload_routes
from livewall_dashboard.resultsdb.archive_store import ArchiveStore
from livewall_dashboard.resultsdb.commit_store import CommitStore
from livewall_dashboard.resultsdb.model import error_shape
from livewall_dashboard.resultsdb.result_store import ResultStore
from livewall_dashboard.resultsdb.upload_store import UploadStore

REMOVE_EACH = 600.0
"""Seconds."""


def feature(core: Core) -> Feature:
    commits = CommitStore(core.database)
    uploads = UploadStore(core.database, commits, core.result_sets, core.clock)
    archives = ArchiveStore(core.database, core.artifacts, commits, core.clock)

    return Feature(
        name="resultsdb",
        blueprints=[
            commit_routes.blueprint(commits, core.commit_fetchers, core.guard),
            upload_routes.blueprint(uploads, archives, core.commit_fetchers, core.guard),
            result_routes.blueprint(ResultStore(core.database, core.clock)),
        ],
        background=[Loop("old archives", archives.remove_old, REMOVE_EACH, stuck_after=900.0)],
        error_shapes={"/api": error_shape},
    )
