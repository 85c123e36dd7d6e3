"""resultsdbpy's API on the same runs: its uploaders and scripts work by changing a URL."""

from __future__ import annotations

from livewall_dashboard.base.feature import Feature
from livewall_dashboard.core import Core
from livewall_dashboard.resultsdb import commit_routes
from livewall_dashboard.resultsdb.commit_store import CommitStore
from livewall_dashboard.resultsdb.model import error_shape


def feature(core: Core) -> Feature:
    return Feature(
        name="resultsdb",
        blueprints=[commit_routes.blueprint(CommitStore(core.database), core.guard)],
        error_shapes={"/api": error_shape},
    )
