"""Puts the wall together, starts it and stops it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from flask import Flask
from flask_compress import Compress

from livewall_dashboard.access import handshakes, proxies
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.release import Release
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.core import core_of
from livewall_dashboard.features import features_of
from livewall_dashboard.lab import LabFile
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.screens import engine
from livewall_dashboard.web import errors, headers, openapi, pages, short_routes
from livewall_dashboard.web.rules import LazyRule

COMPRESSED = ["text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"]
STORE_WITHIN = 10.0
"""Seconds at the end for what is pending."""


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
        self.flask = Flask("livewall_dashboard")
        self.flask.url_rule_class = LazyRule
        self._socketio = engine.socketio_of(self.flask, async_mode)
        self.core = core_of(
            settings, lab, database, self._socketio, clock=clock, release=release.as_json() if release else None
        )
        self.features = features_of(self.core)
        self._ending = ExitStack()
        self._install()

    def start(self) -> None:
        """Take the database, put the wall back as it was, begin to tick. Raises LivewallError; nothing runs then."""
        with ExitStack() as begun:
            self.core.database.open()
            begun.callback(self.core.database.close)
            self.core.recorder.start()
            begun.callback(self.core.recorder.stop, STORE_WITHIN)
            for feature in self.features:
                feature.prepare()
            for feature in self.features:
                begun.callback(feature.close)
                for background in feature.background:
                    background.start()
                    begun.callback(background.stop)
            self._ending = begun.pop_all()

    def disconnect_screens(self) -> None:
        """They come back by themselves, as after a restart."""
        engine.disconnect_all(self._socketio)

    def stop(self) -> None:
        """All that was started ends, the last first, and what is pending is stored, whatever goes wrong on the way."""
        self._ending.close()

    def _install(self) -> None:
        """In front of every view; then the views; last what is made of them."""
        app, core = self.flask, self.core
        errors.install(app, {path: tell for each in self.features for path, tell in each.error_shapes.items()})
        handshakes.install(app, core.guard)
        short = [each for feature in self.features for each in feature.short_routes]
        short_routes.install(app, short, core.guard, core.metrics.count)
        headers.install(app)
        app.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=4, COMPRESS_MIMETYPES=COMPRESSED)
        Compress(app)
        core.metrics.install(app)
        core.guard.install(app)
        for feature in self.features:
            core.metrics.add(feature.measures)
            for blueprint in feature.blueprints:
                app.register_blueprint(blueprint)
        additions = [each for feature in self.features for each in feature.additions]
        nav = [each for feature in self.features for each in feature.nav]
        log_page = next((each.log_page for each in self.features if each.log_page), "")
        pages.install(app, VERSION, lambda: core.lab.current.title, additions, nav, log_page)
        openapi.install(app, VERSION)
        proxies.install(app, core.settings.trusted_proxies)
