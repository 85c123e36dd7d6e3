"""The commands. Each says in one line what is wrong and what to do, and exits with it; none shows a stack trace."""

from __future__ import annotations

import functools
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from livewall_dashboard import server
from livewall_dashboard.app import Dashboard
from livewall_dashboard.auth import is_loopback
from livewall_dashboard.config import DEFAULT_PORT, Settings
from livewall_dashboard.db import Database
from livewall_dashboard.demo.command import demo
from livewall_dashboard.embedded import EmbeddedPostgres
from livewall_dashboard.errors import LivewallError, Misconfigured, Unavailable
from livewall_dashboard.lab import LabFile
from livewall_dashboard.migrations import migrate
from livewall_dashboard.options import data_option, database_url_option, tokens_of
from livewall_dashboard.probe.command import probe
from livewall_dashboard.proxies import networks
from livewall_dashboard.rehearsal import migrate_command
from livewall_dashboard.release import running_release
from livewall_dashboard.tokens import GRANTS, TokenStore
from livewall_dashboard.version import VERSION

RETRY_DATABASE = 2.0
"""Seconds between two tries to reach a Postgres that is not there at the start."""

log = logging.getLogger(__name__)

Command = TypeVar("Command", bound=Callable[..., Any])


class _Group(click.Group):
    """Turns our errors into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LivewallError as error:
            click.echo(f"livewall: {error.message}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "LIVEWALL"})
@click.version_option(VERSION, prog_name="livewall")
def cli() -> None:
    """A live wall and a complete history for labs that run Robot Framework."""
    logging.basicConfig(level=os.environ.get("LIVEWALL_LOG", "INFO"), format="%(asctime)s %(levelname)s %(message)s")


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def apply(command: Command) -> Command:
        return functools.reduce(lambda decorated, option: option(decorated), reversed(options), command)

    return apply


_serving = _options(
    click.option("--host", default="127.0.0.1", envvar="LIVEWALL_HOST", show_default=True, help="Address to bind to."),
    click.option("--port", type=int, default=DEFAULT_PORT, envvar="LIVEWALL_PORT", show_default=True, help="Port."),
    click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="LIVEWALL_CONFIG",
        help="setups_config.json: the lab's setups.  [default: setups_config.json in the data folder, if there]",
    ),
    click.option(
        "--require-tokens", is_flag=True, envvar="LIVEWALL_REQUIRE_TOKENS", help="Ask for tokens on loopback too."
    ),
    click.option(
        "--trusted-proxies",
        default="",
        envvar="LIVEWALL_TRUSTED_PROXIES",
        metavar="ADDRESSES",
        help="Where nginx connects from, such as 127.0.0.1: what it says of its callers is believed. Asks for tokens.",
    ),
    click.option(
        "--insecure", is_flag=True, envvar="LIVEWALL_INSECURE", help="Ask nobody for a token, on any address."
    ),
    click.option(
        "--stale-after",
        type=float,
        default=30.0,
        envvar="LIVEWALL_STALE_AFTER",
        show_default=True,
        help="Seconds without news after which a run is shown as stale.",
    ),
    click.option(
        "--abandon-after",
        type=float,
        default=120.0,
        envvar="LIVEWALL_ABANDON_AFTER",
        show_default=True,
        help="Seconds without news after which a run is given up, until it comes back.",
    ),
    click.option(
        "--async-mode",
        type=click.Choice(server.MODES),
        default="eventlet",
        envvar="LIVEWALL_ASYNC_MODE",
        show_default=True,
        help="What serves many connections at once.",
    ),
)


@cli.command()
@data_option
@_serving
def up(data: Path, **serving: Any) -> None:
    """Start everything: an embedded Postgres under --data, its schema, the dashboard."""
    settings, mode = _settings(data, serving)
    lab = _lab(settings, mode)
    with server.listen(settings.host, settings.port) as listening, EmbeddedPostgres(data) as url:
        _run(settings, lab, mode, url, listening)


@cli.command()
@database_url_option
@data_option
@_serving
def serve(database_url: str | None, data: Path, **serving: Any) -> None:
    """Start the dashboard on a Postgres of yours."""
    settings, mode = _settings(data, serving)
    url = _required(database_url)
    lab = _lab(settings, mode)
    with server.listen(settings.host, settings.port) as listening:
        _run(settings, lab, mode, url, listening)


@cli.group()
def token() -> None:
    """Make, list and revoke access tokens."""


@token.command("create")
@database_url_option
@data_option
@click.option("--scope", type=click.Choice(sorted(GRANTS)), required=True, help="What the token opens.")
@click.argument("name")
def token_create(database_url: str | None, data: Path, scope: str, name: str) -> None:
    """Make a token and print it, this once."""
    with tokens_of(database_url, data) as tokens:
        click.echo(tokens.create(name, scope))


@token.command("list")
@database_url_option
@data_option
def token_list(database_url: str | None, data: Path) -> None:
    """List the tokens: name, scope, last use; never the tokens themselves."""
    with tokens_of(database_url, data) as tokens:
        for one in tokens.list():
            used = f"last used {one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never used"
            click.echo(f"{one.name}\t{one.scope}\t{'revoked' if one.revoked_at else used}")


@token.command("revoke")
@database_url_option
@data_option
@click.argument("name")
def token_revoke(database_url: str | None, data: Path, name: str) -> None:
    """End a token, at once."""
    with tokens_of(database_url, data) as tokens:
        tokens.revoke(name)
    click.echo(f"{name} is revoked.")


cli.add_command(demo)
cli.add_command(migrate_command)
cli.add_command(probe)


def _run(settings: Settings, lab: LabFile, mode: str, url: str, listening: socket.socket) -> None:
    """The dashboard, from its database to its end by Ctrl-C or SIGTERM."""
    stop = server.StopSignal(on_hangup=lab.reload)
    if not _migrated(url, stop):
        return
    database = Database(url, offload=server.offload(mode))
    _require_tokens(settings, TokenStore(database))
    dashboard = Dashboard(settings, lab, database, async_mode=mode, release=running_release(os.environ))
    dashboard.start()
    try:
        click.echo(f"livewall {VERSION}: the wall is at {_address(settings)}  (Ctrl-C ends it)")
        server.serve(dashboard.flask, listening, mode, stop)
    finally:
        dashboard.stop()


def _migrated(url: str, stop: server.StopSignal) -> bool:
    """Wait for Postgres, which may start later than we do, and bring its schema up to date; False: told to stop."""
    while True:
        try:
            for name in migrate(url):
                log.info("Applied migration %s", name)
        except Unavailable as error:
            log.warning("%s Trying again in %g s.", error.message, RETRY_DATABASE)
        else:
            return True
        if stop.wait(RETRY_DATABASE):
            return False


def _require_tokens(settings: Settings, tokens: TokenStore) -> None:
    """A wall that strangers can reach starts only when somebody has been given a key to it, or on purpose without."""
    if settings.insecure or (is_loopback(settings.host) and not settings.require_tokens):
        return
    scopes = {one.scope for one in tokens.list() if not one.revoked_at}
    missing = [scope for scope in ("ingest", "read") if scope not in scopes]
    if missing:
        commands = " and ".join(f"`livewall token create --scope {scope} NAME`" for scope in missing)
        raise Misconfigured(
            f"On {settings.host} others can reach the wall, so it asks for tokens, and there is none for "
            f"{' and '.join(missing)}. Make one with {commands} (with the same --data or --database-url), "
            "or start with --insecure."
        )


def _settings(data: Path, serving: dict[str, Any]) -> tuple[Settings, str]:
    mode = serving.pop("async_mode")
    if serving["stale_after"] <= 0 or serving["abandon_after"] <= serving["stale_after"]:
        raise Misconfigured("--stale-after must be above 0, and --abandon-after above --stale-after.")
    serving["trusted_proxies"] = networks(serving["trusted_proxies"])
    # On loopback behind a proxy is not on loopback: its callers come from anywhere.
    serving["require_tokens"] |= bool(serving["trusted_proxies"]) and not serving["insecure"]
    return Settings(data=data, **serving), mode


def _lab(settings: Settings, mode: str) -> LabFile:
    is_named = settings.config is not None
    return LabFile(settings.lab_file, optional=not is_named, offload=server.offload(mode))


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}/"


def _required(database_url: str | None) -> str:
    if not database_url:
        raise Misconfigured(
            "Which Postgres? Give --database-url or LIVEWALL_DATABASE_URL, or let `livewall up` bring its own."
        )
    return database_url
