"""`livewall probe`: waits for a wall to be well, then sends it a run and looks whether a screen gets to see it."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import click
import psycopg

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import Misconfigured, Unavailable
from livewall_dashboard.base.release import Release, read_release
from livewall_dashboard.base.settings import DEFAULT_PORT, reached_at, url_of
from livewall_dashboard.base.unix_http import HOST, UnixHandler, path_of
from livewall_dashboard.postgres.cli_options import database_url_option, find_wall, running_wall, wall_data_option
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.probe import run, traces
from livewall_dashboard.probe.screen import Screen

REQUEST_TIMEOUT = 10.0
LOOK = 0.1
"""Seconds between two looks at something that is not there yet."""


@click.command()
@click.option(
    "--url",
    help="The wall; unix:PATH for its socket.  [default: yours that runs; or as LIVEWALL_BIND, _HOST and _PORT say]",
)
@click.option(
    "--release",
    "release_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="RELEASE.json of the release that must be the one that answers.",
)
@click.option("--within", type=float, default=60.0, show_default=True, help="Seconds it may take altogether.")
@click.option("--only-health", is_flag=True, help="Only ask whether it is well; send no run.")
@database_url_option
@wall_data_option
def probe(
    url: str | None,
    release_file: Path | None,
    within: float,
    only_health: bool,
    database_url: str | None,
    data: Path | None,
) -> None:
    """Prove that the running wall works: an event of a listener must reach a screen.

    The run it sends is shown on no wall and removed from the history.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was begun is cleared away
    deadline = time.monotonic() + within
    wall = _Wall(url or _own_address(os.environ, data))
    release = read_release(release_file) if release_file else None
    if release_file and release is None:
        raise Misconfigured(f"{release_file} does not say which release to expect.")
    health = _until(deadline, lambda: wall.well(release))
    if only_health:
        click.echo(f"{wall.url} is well: {_name(health)}.")
        return
    with _database(database_url, data) as database:
        # From the beginning where a wall goes down in the middle of it: supervisors start it again.
        seconds = _until(deadline, lambda: _prove(wall, database, deadline))
    click.echo(f"{wall.url} is well: {_name(health)}. An event took {seconds:.2f} s from listener to screen.")


def _prove(wall: _Wall, database: Database, deadline: float) -> float:
    """Seconds from the moment the events are sent until a screen has them, verified."""
    run_id = f"probe-{uuid.uuid4().hex}"
    with traces.keys(database) as (ingest_token, read_token), _screen(wall, read_token, deadline) as screen:
        try:
            _until(deadline, lambda: wall.send("PUT", f"/api/v1/runs/{run_id}", run.info(utc_now()), ingest_token))
            sent_at = time.monotonic()
            path = f"/api/v1/runs/{run_id}/events"
            _until(deadline, lambda: wall.send("POST", path, run.batch(utc_now()), ingest_token))
            _wait_on(screen, run_id, deadline)
            seconds = time.monotonic() - sent_at
            _until(deadline, lambda: _finished(database, run_id))
        finally:
            traces.remove_run(database, run_id)
    return seconds


def _screen(wall: _Wall, token: str, deadline: float) -> Screen:
    """Not let in at once: a wall learns of new tokens within some seconds."""
    screen: Screen = _until(deadline, lambda: Screen(wall.url, token, REQUEST_TIMEOUT))
    return screen


def _wait_on(screen: Screen, run_id: str, deadline: float) -> None:
    while (left := deadline - time.monotonic()) > 0:
        event = screen.receive(left)
        if event is not None and event[0] == "probe" and run.has_arrived(event[1]["tile"], run_id):
            return
    raise Unavailable("The wall took the probe's events, but no screen got to see them.")


def _finished(database: Database, run_id: str) -> bool:
    if not traces.is_finished(database, run_id):
        raise Unavailable("The wall shows the probe's run, but the history does not have it as finished.")
    return True


class _Wall:
    """The wall at `url`, asked over HTTP and never through a proxy."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        path = path_of(self.url)
        through = [UnixHandler(path)] if path else []
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), *through)
        self._asked = f"http://{HOST}" if path else self.url

    def well(self, release: Release | None) -> dict[str, Any]:
        """What /healthz says. Raises `Unavailable` for a wall that is not well or another release."""
        health = self._open(urllib.request.Request(f"{self._asked}/healthz"))
        running = health.get("release")
        if release is not None and running != release.as_json():
            raise Unavailable(f"{self.url} runs {_name(health)}, not {release.commit[:10]} of {release.deployed_at}.")
        return health

    def send(self, method: str, path: str, body: Mapping[str, Any], token: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode()
        return self._open(urllib.request.Request(self._asked + path, data=data, headers=headers, method=method))

    def _open(self, request: urllib.request.Request) -> dict[str, Any]:
        try:
            with self._opener.open(request, timeout=REQUEST_TIMEOUT) as reply:
                answer = json.load(reply)
        except urllib.error.HTTPError as error:
            with error:
                raise Unavailable(f"{self.url} answers {error.code}: {_reason(error.read(2000))}") from None
        except (OSError, HTTPException) as error:
            raise Unavailable(f"{self.url} does not answer: {getattr(error, 'reason', error)}.") from None
        except ValueError:
            raise Unavailable(f"What answers at {self.url} is no wall.") from None
        if not isinstance(answer, dict):
            raise Unavailable(f"What answers at {self.url} is no wall.")
        return answer


def _reason(body: bytes) -> str:
    """The reasons in the body of an answer, for people."""
    try:
        answer = json.loads(body)
        reasons = answer.get("reasons") or {"": answer["error"]["message"]}
        return " ".join(str(reason) for reason in reasons.values())
    except (ValueError, AttributeError, LookupError, TypeError):
        return body[:200].decode(errors="replace")


def _until(deadline: float, attempt: Callable[[], Any]) -> Any:
    """What `attempt` returns once it does not raise `Unavailable`; its last one when time is over."""
    while True:
        try:
            return attempt()
        except Unavailable:
            if time.monotonic() > deadline:
                raise
        time.sleep(LOOK)


@contextmanager
def _database(database_url: str | None, data: Path | None) -> Iterator[Database]:
    """The database of the running wall. Raises `Misconfigured` where none is found."""
    wall = find_wall(database_url, data, may_make=True)
    url = wall.running_database()
    if url is None:
        raise Misconfigured(
            f"A wall runs, but its database does not run under {wall.data}: give the --database-url or --data it has."
        )
    database = Database(url)
    try:
        yield database
    except psycopg.errors.UndefinedTable:
        raise Misconfigured("The database is not the wall's: it has other tables.") from None
    finally:
        database.close()


def _own_address(environment: Mapping[str, str], data: Path | None) -> str:
    """Where the settings say, else where the wall runs, else where it would."""
    if bind := environment.get("LIVEWALL_BIND"):
        return bind
    if not {"LIVEWALL_HOST", "LIVEWALL_PORT"} & environment.keys() and (wall := running_wall(data)):
        return wall.url
    host = environment.get("LIVEWALL_HOST", "127.0.0.1")
    return url_of(reached_at(host), environment.get("LIVEWALL_PORT", str(DEFAULT_PORT)))


def _name(health: Mapping[str, Any]) -> str:
    """Version and release of a wall, for people."""
    release = health.get("release") or {}
    commit = f", {release['commit'][:10]} ({release.get('subject', '')})" if release.get("commit") else ""
    return f"livewall {health.get('version', '?')}{commit}"
