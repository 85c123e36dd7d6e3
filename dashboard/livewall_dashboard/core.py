"""What every feature gets: how the wall was started, its lab, its database, and the wall itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask_socketio import SocketIO

from livewall_dashboard.access.guard import Guard, Policy
from livewall_dashboard.access.sessions import SessionStore
from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.artifacts.run_logs import RunLogs
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.base.signal import Signal
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.history.commits.commit_fetchers import CommitFetchers
from livewall_dashboard.history.commits.sync_program import SyncRunner
from livewall_dashboard.history.recording.recorder import Recorder
from livewall_dashboard.history.result_sets.store_result_set import ResultSets
from livewall_dashboard.history.result_sets.stored_runs import StoredRuns
from livewall_dashboard.history.store import Store
from livewall_dashboard.ingest.estimates import Estimates
from livewall_dashboard.ingest.intake import Intake
from livewall_dashboard.ingest.verification import Verification
from livewall_dashboard.lab import LabFile
from livewall_dashboard.live import Wall
from livewall_dashboard.monitoring.metrics import Metrics
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.screens.changes import Changes
from livewall_dashboard.screens.hub import Hub
from livewall_dashboard.screens.notices import Notices
from livewall_dashboard.screens.publisher import Publisher
from livewall_listener import wire

RUNS = "runs"
"""The topic of pages that list runs; of one run it is run/KEY."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """Handed to each feature as it is made, before anything runs."""

    settings: Settings
    clock: Callable[[], datetime]
    release: Mapping[str, str] | None
    lab: LabFile
    """`lab.current` is the newest good configuration, `lab.changed` a signal."""
    database: Database
    metrics: Metrics
    tokens: TokenStore
    guard: Guard
    """Who the caller is, and what they may."""

    lock: threading.Lock
    """Guards the wall, how far it has come, and the recorder's queue."""
    wall: Wall
    store: Store
    """All reading of the history."""
    recorder: Recorder
    result_sets: ResultSets
    """Where whole runs are stored that were read elsewhere: `result_sets.store(...)` (`history/result_sets/`)."""
    stored_runs: StoredRuns
    """Tells the wall of those, a moment later."""
    commit_fetchers: CommitFetchers
    """Read the commits of repositories, also for whoever names one that is not known."""
    intake: Intake
    estimates: Estimates
    artifacts: ArtifactStore
    """Files of any owner."""
    run_logs: RunLogs
    hub: Hub
    """The screens that are connected."""
    publisher: Publisher
    """What they see."""
    changes: Changes
    """Tells open pages beside the wall what to ask for again: `changes.note("jobs")`."""
    notices: Notices
    """What all screens must know."""

    run_begun: Signal[tuple[str, wire.RunInfo]]
    """A process of this run has registered; sent again with each that does."""
    run_stored: Signal[str]
    """This run, which was read elsewhere, is stored whole."""
    run_ended: Signal[str]
    """The last event of a process of this run is stored."""
    log_stored: Signal[str]
    """The log.html of this run can be opened."""


def core_of(
    settings: Settings,
    lab: LabFile,
    database: Database,
    socketio: SocketIO,
    *,
    clock: Callable[[], datetime],
    release: Mapping[str, str] | None,
) -> Core:
    """Events come in at the intake, which shows them on the wall and has them recorded; screens get what changed."""
    metrics, tokens, store = Metrics(VERSION), TokenStore(database), Store(database)
    policy = Policy(settings.reached_by, require_tokens=settings.require_tokens, insecure=settings.insecure)
    guard = Guard(policy, tokens, SessionStore(database, tokens))
    run_begun = Signal[tuple[str, wire.RunInfo]]("a run has begun")
    run_stored = Signal[str]("a whole run is stored")
    run_ended, log_stored = Signal[str]("a run has ended"), Signal[str]("a log is stored")
    lock, wall = threading.Lock(), Wall(settings.stale, settings.abandon)
    hub = Hub(socketio, admit=guard.admit_screen, on_frame=metrics.frames.inc)
    publisher = Publisher(wall, hub, lock=lock, clock=clock, version=VERSION, release=release)
    hub.open(publisher.greet)
    changes = Changes(socketio, admit=guard.admit_screen, clock=clock)
    changes.open()
    notices = Notices(publisher.set_notices)
    estimates = Estimates(store, wall, lock=lock, on_change=publisher.wake)

    def snapshot(run: str, process: str) -> dict[str, Any] | None:
        return intake.snapshot(run, process)

    def note_commit(received_at: datetime, events: int) -> None:
        metrics.commit_lag.observe((clock() - received_at).total_seconds(), events)

    def note_runs(runs: Iterable[str]) -> None:
        changes.note(RUNS, *(f"run/{run}" for run in runs))

    recorder = Recorder(database, lock=lock, snapshot=snapshot, on_commit=note_commit, on_stored=note_runs)
    run_begun.connect(lambda begun: note_runs([begun[0]]))
    for signal in (run_stored, run_ended, log_stored):
        signal.connect(lambda run: note_runs([run]))
    intake = Intake(
        wall,
        recorder,
        lock=lock,
        clock=clock,
        lab=lambda: lab.current,
        on_plan=estimates.want,
        on_change=publisher.wake,
        on_end=run_ended.send,
        token_is_good=tokens.is_good,
    )
    run_ended.connect(Verification(store, wall, lock=lock, on_change=publisher.wake).look_up)
    lab.changed.connect(intake.configure)
    commit_fetchers = CommitFetchers(SyncRunner(settings.data, database.url))
    commit_fetchers.configure(lab.current)
    lab.changed.connect(commit_fetchers.configure)

    def show_stored(runs: set[str]) -> None:
        intake.take_over(runs)
        for run in sorted(runs):
            run_ended.send(run)

    stored_runs = StoredRuns(show_stored)

    def note_stored(run: str) -> None:
        run_stored.send(run)
        stored_runs.note(run)

    lab.notices_changed.connect(partial(notices.set, "config"))
    return Core(
        settings=settings,
        clock=clock,
        release=release,
        lab=lab,
        database=database,
        metrics=metrics,
        tokens=tokens,
        guard=guard,
        lock=lock,
        wall=wall,
        store=store,
        recorder=recorder,
        result_sets=ResultSets(database, clock=clock, on_stored=note_stored),
        stored_runs=stored_runs,
        commit_fetchers=commit_fetchers,
        intake=intake,
        estimates=estimates,
        artifacts=ArtifactStore(database, settings.artifacts),
        run_logs=RunLogs(wall, store, lock=lock, on_change=publisher.wake),
        hub=hub,
        publisher=publisher,
        changes=changes,
        notices=notices,
        run_begun=run_begun,
        run_stored=run_stored,
        run_ended=run_ended,
        log_stored=log_stored,
    )
