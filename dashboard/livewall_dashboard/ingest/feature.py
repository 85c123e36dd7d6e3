"""Runs and events from nodes, and the wall they make."""

from __future__ import annotations

import logging
import time

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.feature import Counter, Feature, Gauge
from livewall_dashboard.base.signal import Signal
from livewall_dashboard.history.setups.forgotten_setups import ForgottenSetups
from livewall_dashboard.history.store import Store
from livewall_dashboard.ingest import routes
from livewall_dashboard.ingest.estimates import Estimates
from livewall_dashboard.ingest.intake import Intake
from livewall_dashboard.live import Wall
from livewall_dashboard.monitoring.metrics import Metrics
from livewall_listener import wire

TICK = 1.0
"""Seconds."""

log = logging.getLogger(__name__)


def feature(
    intake: Intake,
    estimates: Estimates,
    wall: Wall,
    store: Store,
    metrics: Metrics,
    run_begun: Signal[tuple[str, wire.RunInfo]],
) -> Feature:
    def tick() -> None:
        began = time.monotonic()
        intake.tick()
        if (late := time.monotonic() - began) > 1:
            log.warning("A tick took %.1f s", late)

    backlog = intake.backlog
    take = routes.take_events(intake, metrics.events_received.inc)
    return Feature(
        name="ingest",
        blueprints=[routes.blueprint(intake, take, on_run=run_begun.send)],
        short_routes=[routes.short_route(take)],
        prepare=intake.restore,
        background=[
            estimates.worker,
            ForgottenSetups(store, intake.forget_setups).loop,
            Loop("ticker", tick, TICK),
        ],
        measures=[
            Gauge("runs_running", "Runs going on", lambda: wall.running),
            Gauge("runs_silent", "Runs going on of which there is no news", lambda: wall.silent),
            Gauge("setups_failing", "Setups whose current or last run has a failure", lambda: wall.failing),
            Gauge("setups_incomplete", "Setups whose last run lacks results", lambda: wall.incomplete),
            Gauge("node_waiting_events", "Events that wait on nodes, as these said last", lambda: backlog.events),
            Gauge("nodes_waiting", "Nodes on which events wait", lambda: backlog.nodes),
            Counter("lost_events", "Events that nodes could not keep", lambda: backlog.lost),
            Counter("dropped_estimates", "Runs without an estimate", lambda: estimates.worker.dropped),
        ],
    )
