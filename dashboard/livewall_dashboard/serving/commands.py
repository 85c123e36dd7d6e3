"""`livewall up` and `livewall serve`: the dashboard, with a Postgres of its own or on yours."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from typing import Any

import click

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.base import logs
from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.lab import LabFile
from livewall_dashboard.postgres.cli_options import data_option, database_url_option
from livewall_dashboard.postgres.embedded import EmbeddedPostgres
from livewall_dashboard.serving import server
from livewall_dashboard.serving.lifecycle import running_dashboard
from livewall_dashboard.serving.listening import listening
from livewall_dashboard.serving.local_agents import local_agents
from livewall_dashboard.serving.options import lab_file_of, serving_options, settings_of

log = logging.getLogger(__name__)


@click.command()
@data_option
@serving_options
@click.option(
    "--with-agent",
    "agents",
    type=click.IntRange(0, 64),
    default=0,
    envvar="LIVEWALL_WITH_AGENT",
    metavar="N",
    help="Agents on this machine, for the queue `local` and those of all projects; they end with the wall.",
)
def up(data: Path, agents: int, **serving: Any) -> None:
    """Start everything: an embedded Postgres under --data, its schema, the dashboard."""
    settings, mode = settings_of(data, serving)
    lab = lab_file_of(settings, mode)
    with listening(settings) as (callers, settings), EmbeddedPostgres(data) as url:
        _run(settings, lab, mode, url, callers, embedded=True, agents=agents)


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


def _run(
    settings: Settings, lab: LabFile, mode: str, url: str, callers: socket.socket, *, embedded: bool, agents: int = 0
) -> None:
    """The dashboard, from its database to its end by Ctrl-C or SIGTERM."""

    def reload() -> None:
        log.info("SIGHUP: the configuration is read again.")
        lab.reload()

    logs.take_strays()
    stop = server.StopSignal(on_hangup=reload)
    with running_dashboard(settings, lab, mode, url, stop, embedded=embedded, has_agents=agents > 0) as dashboard:
        if dashboard is not None:
            with local_agents(agents, settings, TokenStore(dashboard.core.database), lambda: lab.current):
                server.serve(dashboard.flask, callers, mode, stop)


def _required(database_url: str | None) -> str:
    if not database_url:
        raise Misconfigured(
            "Which Postgres? Give --database-url or LIVEWALL_DATABASE_URL, or let `livewall up` bring its own."
        )
    return database_url
