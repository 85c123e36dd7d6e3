"""Build reports: taken in by the addresses of pretest's server, read, and shown as runs."""

from __future__ import annotations

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.feature import Feature, NavItem, PageAddition
from livewall_dashboard.base.presence import LOOK_EACH, Presence
from livewall_dashboard.buildlogs import api_routes, csv_routes, overview_routes, pages, upload_routes
from livewall_dashboard.buildlogs.keep_report import ReportKeeper
from livewall_dashboard.buildlogs.limits_for_imports import LimitsForImports
from livewall_dashboard.buildlogs.read_log import LogReader
from livewall_dashboard.buildlogs.store import ReportStore
from livewall_dashboard.core import Core

TOPIC = "reports"
"""What open pages are told of as changed (screens/changes.py)."""


def feature(core: Core) -> Feature:
    store = ReportStore(core.database)
    presence = Presence(store.has_reports)

    def note_kept() -> None:
        presence.look()
        core.changes.note(TOPIC)

    limits = LimitsForImports(store, lambda: core.lab.current.reports)

    def look() -> None:
        presence.look()
        limits.tell()

    keeper = ReportKeeper(
        store,
        core.store,
        core.result_sets,
        core.artifacts,
        folder=core.settings.data / "incoming",
        offload=core.database.offload,
        clock=core.clock,
        limits=lambda: core.lab.current.reports,
        on_kept=note_kept,
    )
    logs = LogReader(core.artifacts, core.database.offload)

    def prepare() -> None:
        keeper.tidy()
        look()

    return Feature(
        name="buildlogs",
        blueprints=[
            upload_routes.blueprint(keeper),
            upload_routes.old_addresses(store),
            pages.blueprint(),
            api_routes.blueprint(store, logs, core.store),
            overview_routes.blueprint(store),
            csv_routes.blueprint(store),
        ],
        additions=[
            PageAddition("run", "buildlogs/panel.js", "buildlogs/buildlogs.css", presence.is_known),
            PageAddition("compare", "buildlogs/compare-panel.js", "buildlogs/buildlogs.css", presence.is_known),
        ],
        nav=[NavItem("reports", "Reports", "/reports", presence.is_known)],
        log_page="/log",
        prepare=prepare,
        background=[Loop("reports", look, LOOK_EACH)],
    )
