"""The history: all that was stored, for programs and for people."""

from __future__ import annotations

from livewall_dashboard.base.feature import Feature, Gauge
from livewall_dashboard.history import commit_routes, routes
from livewall_dashboard.history.recorder import Recorder
from livewall_dashboard.history.store import Store


def feature(recorder: Recorder, store: Store, wall: routes.Wall) -> Feature:
    """The recorder is started and stopped by whoever composes the wall: before all others and after them."""

    def database() -> str | None:
        trouble = recorder.trouble
        return f"{trouble}. Events stay on the nodes until that is over." if trouble else None

    return Feature(
        name="history",
        blueprints=[routes.blueprint(store, wall), commit_routes.blueprint(store), routes.pages()],
        checks={"database": database},
        measures=[
            Gauge("pending_events", "Events waiting for Postgres", lambda: recorder.pending),
            Gauge("database_available", "1 while Postgres takes results", lambda: not recorder.has_outage),
            Gauge("runs_put_off", "Runs that cannot be stored, while others can", lambda: recorder.runs_put_off),
        ],
    )
