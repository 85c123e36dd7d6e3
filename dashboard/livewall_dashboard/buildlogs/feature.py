"""Build reports: taken in by the addresses of pretest's server, read, and shown as runs."""

from __future__ import annotations

from livewall_dashboard.base.feature import Feature
from livewall_dashboard.buildlogs import api_routes, pages, upload_routes
from livewall_dashboard.buildlogs.keep_report import ReportKeeper
from livewall_dashboard.buildlogs.limits import Limits
from livewall_dashboard.buildlogs.read_log import LogReader
from livewall_dashboard.buildlogs.store import ReportStore
from livewall_dashboard.core import Core


def feature(core: Core) -> Feature:
    store = ReportStore(core.database)
    keeper = ReportKeeper(
        store,
        core.store,
        core.result_sets,
        core.artifacts,
        folder=core.settings.data / "incoming",
        offload=core.database.offload,
        clock=core.clock,
        limits=Limits,
    )
    logs = LogReader(core.artifacts, core.database.offload)
    return Feature(
        name="buildlogs",
        blueprints=[
            upload_routes.blueprint(keeper),
            upload_routes.old_addresses(store),
            pages.blueprint(store),
            api_routes.blueprint(store, logs, core.store),
        ],
        prepare=keeper.tidy,
    )
