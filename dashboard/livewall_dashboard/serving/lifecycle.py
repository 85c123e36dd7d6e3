"""A dashboard from its database to its end, whatever serves it."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Protocol

import click

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.app import Dashboard
from livewall_dashboard.base import logs
from livewall_dashboard.base.complaint import Complaint
from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.base.garbage import SELDOM
from livewall_dashboard.base.release import running_release
from livewall_dashboard.base.running_walls import RunningWall, announced
from livewall_dashboard.base.settings import Settings, url_of
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.lab import LabFile
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.migrations import migrate
from livewall_dashboard.serving import server
from livewall_dashboard.serving.options import require_tokens

RETRY_DATABASE = 2.0
"""Seconds between two tries to reach a Postgres that is not there at the start."""

log = logging.getLogger(__name__)


class Stop(Protocol):
    """The wish that the wall may end."""

    def wait(self, timeout: float) -> bool:
        """Whether it has come; waits for it at most `timeout` seconds."""
        ...


@contextmanager
def running_dashboard(
    settings: Settings, lab: LabFile, mode: str, url: str, stop: Stop, *, embedded: bool, has_agents: bool = False
) -> Iterator[Dashboard | None]:
    """Started, announced, and ended with the block; None where it was told to stop before. Raises LivewallError."""
    _collect_seldom()
    if not _migrated(url, stop):
        yield None
        return
    with closing(Database(url, offload=server.offload(mode))) as database:  # also where it cannot start
        require_tokens(settings, TokenStore(database).list, has_agents=has_agents)
        dashboard = Dashboard(settings, lab, database, async_mode=mode, release=running_release(os.environ))
        dashboard.start()
        _collect_seldom()
        try:
            _greet(settings)
            wall = RunningWall(os.getpid(), str(settings.data.expanduser().resolve()), settings.url, embedded)
            with announced(wall, os.environ):
                yield dashboard
        finally:
            dashboard.stop()


def _collect_seldom() -> None:
    """What was made so far stays to the end, and events come by the thousand and go again: a fifth of the time that
    they take went into looking for garbage among them.
    """
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()


def _greet(settings: Settings) -> None:
    at = settings.address if settings.unix_socket else f"{url_of(settings.host, settings.port)}/"
    greeting = f"livewall {VERSION}: the wall is at {at}  (Ctrl-C ends it)"
    log.info("%s", greeting) if logs.is_json() else click.echo(greeting)


def _migrated(url: str, stop: Stop) -> bool:
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
