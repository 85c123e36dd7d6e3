"""Puts the dashboard together: the only module that knows everyone."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from flask_compress import Compress
from flask_socketio import SocketIO

from livewall_dashboard.access import handshakes, proxies
from livewall_dashboard.access import routes as login
from livewall_dashboard.access.guard import Guard, Policy
from livewall_dashboard.access.sessions import SessionStore
from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.artifacts import routes as artifact_routes
from livewall_dashboard.artifacts.run_files import RunFiles
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.background import Background, Loop
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.base.release import Release
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.history import routes as api
from livewall_dashboard.history.forgotten_setups import ForgottenSetups
from livewall_dashboard.history.recorder import Recorder
from livewall_dashboard.history.store import Store
from livewall_dashboard.importing.import_watcher import ImportWatcher
from livewall_dashboard.ingest import routes as ingest_routes
from livewall_dashboard.ingest.estimates import Estimates
from livewall_dashboard.ingest.intake import Intake
from livewall_dashboard.jenkins import routes as builds
from livewall_dashboard.jenkins.build_actions import BuildActions
from livewall_dashboard.jenkins.latest import LatestBuilds
from livewall_dashboard.jenkins.poller_set import PollerSet
from livewall_dashboard.jenkins.runs_of_builds import RunsOfBuilds
from livewall_dashboard.lab import Lab, LabFile
from livewall_dashboard.live import Setup, Wall
from livewall_dashboard.monitoring import routes as ops
from livewall_dashboard.monitoring.metrics import Metrics
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.disk_space import free_bytes
from livewall_dashboard.screens import engine
from livewall_dashboard.screens import routes as screens
from livewall_dashboard.screens.broadcast import Broadcast
from livewall_dashboard.screens.notices import Notices
from livewall_dashboard.web import errors, headers, links, openapi, pages

PING_INTERVAL = 5
PING_TIMEOUT = 5
"""Seconds: a screen notices a dead line within their sum, and so does the server."""
TICK = 1.0
COMPRESSED = ["text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"]

log = logging.getLogger(__name__)


class Dashboard:
    """One dashboard on one database. `start` needs the database migrated and there; `stop` stores what is pending.

    `flask` is the WSGI application, Socket.IO included. `async_mode` is Socket.IO's: eventlet or threading.
    """

    def __init__(
        self,
        settings: Settings,
        lab: LabFile,
        database: Database,
        *,
        async_mode: str,
        clock: Callable[[], datetime] = utc_now,
        release: Release | None = None,
    ) -> None:
        self._clock = clock
        self._release = release.as_json() if release else None
        self._database = database
        self._lab = lab
        self._lock = threading.Lock()
        self._ticker = Loop("ticker", self._tick, TICK)

        self._wall = Wall(settings.stale, settings.abandon)
        self._wall.configure(_setups(lab.current), lab.current.forget_after)
        self.store = Store(database)
        self._metrics = Metrics(VERSION)
        self._recorder = Recorder(database, lock=self._lock, snapshot=self._snapshot, on_commit=self._note_commit)
        self._tokens = TokenStore(database)
        self._estimates = Estimates(self.store, self._wall, lock=self._lock, on_change=self._wake)
        self._intake = Intake(
            self._wall,
            self._recorder,
            lock=self._lock,
            clock=clock,
            lab=lambda: lab.current,
            on_plan=self._estimates.want,
            on_change=self._wake,
            on_end=self._verify,
            token_is_good=self._tokens.is_good,
        )
        self._import_watcher = ImportWatcher(self.store, self._intake.take_over)
        self._forgotten_setups = ForgottenSetups(self.store, self._intake.forget_setups)
        self._pollers = PollerSet(database.offload)
        self._build_actions = BuildActions(self._pollers)
        self._artifacts = ArtifactStore(database, settings.artifacts)
        self._run_files = RunFiles(database, self._artifacts)
        self._guard = Guard(
            Policy(settings.reached_by, require_tokens=settings.require_tokens, insecure=settings.insecure),
            self._tokens,
            SessionStore(database, self._tokens),
        )
        self.flask = Flask("livewall_dashboard")
        self._socketio = SocketIO(
            self.flask,
            async_mode=async_mode,
            path="socket.io",
            cors_allowed_origins=[],
            async_handlers=False,  # one of a screen after the other, and none in a thread of its own
            ping_interval=PING_INTERVAL,
            ping_timeout=PING_TIMEOUT,
            max_http_buffer_size=10_000,
        )
        engine.install(self._socketio)
        self._broadcast = Broadcast(
            self._socketio,
            self._wall,
            lock=self._lock,
            clock=clock,
            version=VERSION,
            admit=self._guard.admit_screen,
            on_frame=self._metrics.frames.inc,
            release=self._release,
        )
        self._notices = Notices(self._broadcast.set_notices)
        self._install(settings)
        lab.on_change(self._take_over)
        lab.on_notices(lambda notices: self._notices.set("config", notices))

    def start(self) -> None:
        """Take the database, put the wall back as it was, begin to tick. Raises LivewallError."""
        self._database.open()
        self._recorder.start()
        self._intake.restore()
        self._restore_logs()
        self._artifacts.tidy(time.time())
        self._estimates.worker.start()
        self._import_watcher.loop.start()
        self._forgotten_setups.loop.start()
        self._broadcast.loop.start()
        self._ticker.start()
        self._pollers.configure(self._lab.current)
        self._pollers.start()
        self._lab.start()

    def disconnect_screens(self) -> None:
        """They come back by themselves, as after a restart."""
        engine.disconnect_all(self._socketio)

    def stop(self) -> None:
        self._ticker.stop(0)
        self._lab.stop()
        self._build_actions.close()
        self._pollers.stop()
        self._broadcast.loop.stop()
        self._estimates.worker.stop()
        self._import_watcher.loop.stop()
        self._forgotten_setups.loop.stop()
        self._recorder.stop(timeout=10)
        self._database.close()

    def _install(self, settings: Settings) -> None:
        app = self.flask
        errors.install(app)
        handshakes.install(app, self._guard)
        headers.install(app)
        app.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=4, COMPRESS_MIMETYPES=COMPRESSED)
        Compress(app)
        self._metrics.install(app)
        self._guard.install(app)
        checks = {"database": self._database_check, "background": self._background_check}
        for blueprint in (
            ingest_routes.blueprint(self._intake, on_events=self._metrics.events_received.inc),
            api.blueprint(self.store, self._broadcast),
            builds.blueprint(LatestBuilds(self._pollers, RunsOfBuilds(self.store)), self._build_actions, self._guard),
            artifact_routes.blueprint(self._run_files, on_log=self._log_stored),
            api.pages(),
            screens.blueprint(self._broadcast),
            login.blueprint(self._guard),
            ops.blueprint(checks, self._metrics, version=VERSION, started_at=self._clock(), release=self._release),
        ):
            app.register_blueprint(blueprint)
        pages.install(app, VERSION)
        openapi.install(app, VERSION)
        proxies.install(app, settings.trusted_proxies)
        self._measure(settings)

    def _measure(self, settings: Settings) -> None:
        """What is asked for at each scrape; docs/how-to-operate.md tells what each is good for."""
        gauge, counter = self._metrics.gauge, self._metrics.counter
        backlog, broadcast = self._intake.backlog, self._broadcast
        gauge("runs_running", "Runs going on", lambda: self._wall.running)
        gauge("runs_silent", "Runs going on of which there is no news", lambda: self._wall.silent)
        gauge("setups_failing", "Setups whose current or last run has a failure", lambda: self._wall.failing)
        gauge("setups_incomplete", "Setups whose last run lacks results", lambda: self._wall.incomplete)
        gauge("screens", "Screens connected", lambda: broadcast.screens)
        gauge("pending_events", "Events waiting for Postgres", lambda: self._recorder.pending)
        gauge("node_waiting_events", "Events that wait on nodes, as these said last", lambda: backlog.events)
        gauge("nodes_waiting", "Nodes on which events wait", lambda: backlog.nodes)
        gauge("configuration_current", "1 while the file of setups is the one in use", lambda: not self._lab.notices)
        gauge("jenkins_away", "Jenkins servers that do not answer", lambda: self._pollers.away)
        gauge("database_available", "1 while Postgres takes results", lambda: not self._recorder.has_outage)
        gauge("runs_put_off", "Runs that cannot be stored, while others can", lambda: self._recorder.runs_put_off)
        gauge("background_unwell", "Parts beside the requests that fail or stand", lambda: len(self._unwell()))
        counter("dropped_estimates", "Runs without an estimate", lambda: self._estimates.worker.dropped)
        gauge("disk_free_bytes", "Free on the disk of the data folder", lambda: free_bytes(settings.data))
        gauge("last_backup_timestamp_seconds", "When `livewall backup` last made one, or 0", settings.last_backup)
        counter("jenkins_requests", "Questions to Jenkins servers", lambda: self._pollers.requests)
        counter("lost_events", "Events that nodes could not keep", lambda: backlog.lost)
        counter("dropped_frames", "Frames not sent to a screen that does not read", lambda: broadcast.dropped_frames)
        counter("failed_logins", "Wrong tokens shown", lambda: self._guard.failed_logins)

    def _tick(self) -> None:
        began = time.monotonic()
        self._tell_of_database()
        self._intake.tick()
        if not self._recorder.has_outage:  # while Postgres is away nobody can have been locked out there
            self._broadcast.send_away()
        if (late := time.monotonic() - began) > 1:
            log.warning("A tick took %.1f s", late)

    def _tell_of_database(self) -> None:
        """All screens know what /healthz says of it."""
        trouble = self._database_check()
        self._notices.tell("database", trouble or "", self._clock())

    def _take_over(self, lab: Lab) -> None:
        """The configuration has changed."""
        with self._lock:
            self._wall.configure(_setups(lab), lab.forget_after)
        self._recall()
        self._pollers.configure(lab)
        self._wake()

    def _recall(self) -> None:
        try:
            self._intake.recall()
        except LivewallError as error:  # the next change or start knows
            log.warning("What setups ran before cannot be looked up: %s", error.message)

    def _wake(self) -> None:
        self._broadcast.wake()

    def _snapshot(self, run: str, process: str) -> dict[str, Any] | None:
        return self._intake.snapshot(run, process)

    def _note_commit(self, received_at: datetime, events: int) -> None:
        self._metrics.commit_lag.observe((self._clock() - received_at).total_seconds(), events)

    def _verify(self, run: str) -> None:
        """A process of the run has ended: the history knows whether all of it is there."""
        try:
            stored = self.store.run(run)
        except LivewallError as error:  # its events are stored all the same
            log.warning("It ended, but cannot be looked up: %s", error.message, extra={"run": run})
            return
        verification = stored["verification"]
        log.info("All that was sent is stored: %s", verification, extra={"run": run, "setup": stored["setup"]})
        with self._lock:
            self._wall.set_verification(run, verification, _unstored(stored), stored["missing_failures"])
        self._wake()

    def _restore_logs(self) -> None:
        for run in self._wall.shown_runs():
            if any(artifact["name"] == links.LOG for artifact in self.store.artifacts(run)):
                self._wall.set_log(run, links.address_of(run, links.LOG))

    def _log_stored(self, run: str, url: str) -> None:
        with self._lock:
            self._wall.set_log(run, url)
        self._wake()

    def _database_check(self) -> str | None:
        trouble = self._recorder.trouble
        return f"{trouble}. Events stay on the nodes until that is over." if trouble else None

    def _background_check(self) -> str | None:
        return "; ".join(f"{name}: {trouble}" for name, trouble in self._unwell().items()) or None

    def _unwell(self) -> dict[str, str]:
        return {one.name: one.trouble for one in self._background() if one.trouble}

    def _background(self) -> Iterator[Background]:
        """Every thread of ours, but the recorder's."""
        yield from (self._ticker, self._estimates.worker, self._broadcast.loop, self._lab.loop)
        yield from (self._import_watcher.loop, self._forgotten_setups.loop)
        yield from (poller.loop for poller in self._pollers.by_server.values())


def _unstored(run: Mapping[str, Any]) -> int:
    """Tests that processes of the run which ended counted and the history does not hold."""
    return sum(process["missing"] for process in run["process_list"] if not process["superseded"])


def _setups(lab: Lab) -> list[Setup]:
    return [Setup(setup.name, setup.group, setup.links, len(setup.jobs)) for setup in lab.setups]
