"""`livewall up` and `livewall serve`: the dashboard, from its database to its end."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.app import Dashboard
from livewall_dashboard.base import logs
from livewall_dashboard.base.complaint import Complaint
from livewall_dashboard.base.errors import Misconfigured, Unavailable
from livewall_dashboard.base.release import running_release
from livewall_dashboard.base.running_walls import RunningWall, announced
from livewall_dashboard.base.settings import Settings, url_of
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.lab import LabFile
from livewall_dashboard.postgres.cli_options import data_option, database_url_option
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.embedded import EmbeddedPostgres
from livewall_dashboard.postgres.migrations import migrate
from livewall_dashboard.serving import server
from livewall_dashboard.serving.listening import listening
from livewall_dashboard.serving.options import lab_file_of, require_tokens, serving_options, settings_of

RETRY_DATABASE = 2.0
"""Seconds between two tries to reach a Postgres that is not there at the start."""

log = logging.getLogger(__name__)


@click.command()
@data_option
@serving_options
def up(data: Path, **serving: Any) -> None:
    """Start everything: an embedded Postgres under --data, its schema, the dashboard."""
    settings, mode = settings_of(data, serving)
    lab = lab_file_of(settings, mode)
    with listening(settings) as (callers, settings), EmbeddedPostgres(data) as url:
        _run(settings, lab, mode, url, callers, embedded=True)


@click.command()
@database_url_option
@data_option
@serving_options
def serve(database_url: str | None, data: Path, **serving: Any) -> None:
    """Start the dashboard on a Postgres of yours."""
    settings, mode = settings_of(data, serving)
    url = _required(database_url)
    lab = lab_file_of(settings, mode)
    with listening(settings) as (callers, settings):
        _run(settings, lab, mode, url, callers, embedded=False)


def _run(settings: Settings, lab: LabFile, mode: str, url: str, callers: socket.socket, *, embedded: bool) -> None:
    """The dashboard, from its database to its end by Ctrl-C or SIGTERM."""

    def reload() -> None:
        log.info("SIGHUP: the configuration is read again.")
        lab.reload()

    logs.take_strays()
    stop = server.StopSignal(on_hangup=reload)
    if not _migrated(url, stop):
        return
    with closing(Database(url, offload=server.offload(mode))) as database:  # also where it cannot start
        require_tokens(settings, TokenStore(database).list)
        dashboard = Dashboard(settings, lab, database, async_mode=mode, release=running_release(os.environ))
        dashboard.start()
        try:
            wall = RunningWall(os.getpid(), str(settings.data.expanduser().resolve()), settings.url, embedded)
            at = settings.address if settings.unix_socket else f"{url_of(settings.host, settings.port)}/"
            greeting = f"livewall {VERSION}: the wall is at {at}  (Ctrl-C ends it)"
            log.info("%s", greeting) if logs.is_json() else click.echo(greeting)
            with announced(wall, os.environ):
                server.serve(dashboard.flask, callers, mode, stop)
        finally:
            dashboard.stop()


def _migrated(url: str, stop: server.StopSignal) -> bool:
    """Wait for Postgres, which may start later than we do, and bring its schema up to date; False: told to stop."""
    complaint = Complaint(log)
    while True:
        try:
            for name in migrate(url):
                log.info("Applied migration %s", name)
        except Unavailable as error:
            complaint.say(f"{error.message} Trying again every {RETRY_DATABASE:g} s.")
        else:
            complaint.end("The database is there")
            return True
        if stop.wait(RETRY_DATABASE):
            return False


def _required(database_url: str | None) -> str:
    if not database_url:
        raise Misconfigured(
            "Which Postgres? Give --database-url or LIVEWALL_DATABASE_URL, or let `livewall up` bring its own."
        )
    return database_url
