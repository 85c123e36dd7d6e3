"""The history: all that was stored, for programs and for people."""

from __future__ import annotations

from livewall_dashboard.base.feature import Feature, Gauge, RunMembers
from livewall_dashboard.base.signal import Signal
from livewall_dashboard.history import csv_routes, routes
from livewall_dashboard.history.commits import routes as commit_routes
from livewall_dashboard.history.commits.commit_fetchers import CommitFetchers
from livewall_dashboard.history.commits.store import CommitStore
from livewall_dashboard.history.compare import routes as compare_routes
from livewall_dashboard.history.compare.comparison import Comparisons
from livewall_dashboard.history.grid import routes as grid_routes
from livewall_dashboard.history.grid.matrix import Grids
from livewall_dashboard.history.identity import routes as rename_routes
from livewall_dashboard.history.identity.run_looker import RunLooker
from livewall_dashboard.history.recording.recorder import Recorder
from livewall_dashboard.history.result_sets.store_result_set import ResultSets
from livewall_dashboard.history.result_sets.stored_runs import StoredRuns
from livewall_dashboard.history.runs.tags_of_runs import TagsOfRuns
from livewall_dashboard.history.search import routes as search_routes
from livewall_dashboard.history.search.search import Search
from livewall_dashboard.history.store import Store
from livewall_dashboard.history.timeline import routes as timeline_routes
from livewall_dashboard.history.timeline.store import TimelineStore
from livewall_dashboard.postgres.database import Database


def feature(
    recorder: Recorder,
    store: Store,
    wall: routes.Wall,
    database: Database,
    result_sets: ResultSets,
    stored_runs: StoredRuns,
    commit_fetchers: CommitFetchers,
    run_ended: Signal[str],
    run_members: RunMembers,
) -> Feature:
    """The recorder is started and stopped by whoever composes the wall: before all others and after them.

    `run_members`: what features know of a run; it may be filled later, as they are made.
    """
    timelines, search = TimelineStore(database), Search(database)
    looker = RunLooker(database)
    run_ended.connect(looker.note_end)

    def outage() -> str | None:
        trouble = recorder.trouble
        return f"{trouble}. Events stay on the nodes until that is over." if trouble else None

    return Feature(
        name="history",
        blueprints=[
            routes.blueprint(store, wall, run_members),
            commit_routes.blueprint(CommitStore(database)),
            rename_routes.blueprint(database),
            timeline_routes.blueprint(timelines),
            routes.pages(),
            csv_routes.blueprint(store, timelines, search),
            compare_routes.blueprint(store, Comparisons(database)),
            grid_routes.blueprint(Grids(database)),
            search_routes.blueprint(search),
        ],
        background=[looker.loop, TagsOfRuns(database).loop, stored_runs.loop, commit_fetchers],
        close=result_sets.close,
        checks={"database": outage},
        measures=[
            Gauge("pending_events", "Events waiting for Postgres", lambda: recorder.pending),
            Gauge("database_available", "1 while Postgres takes results", lambda: not recorder.has_outage),
            Gauge("runs_put_off", "Runs that cannot be stored, while others can", lambda: recorder.runs_put_off),
            Gauge(
                "repositories_failing",
                "Repositories whose commits could not be read the last time",
                lambda: commit_fetchers.failing,
            ),
        ],
    )
