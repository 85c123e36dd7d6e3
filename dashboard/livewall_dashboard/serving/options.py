"""How the wall is served: the options of the commands that do it, and what they amount to."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from livewall_dashboard.access.origins import is_loopback
from livewall_dashboard.access.proxies import parse_networks, parse_proxies
from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base import logs
from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.settings import DEFAULT_PORT, UNIX, Settings
from livewall_dashboard.base.sizes import JOB_OUTPUT
from livewall_dashboard.lab import LabFile
from livewall_dashboard.lab.retention import parse_retention
from livewall_dashboard.serving import server

Command = TypeVar("Command", bound=Callable[..., Any])


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def apply(command: Command) -> Command:
        return functools.reduce(lambda decorated, option: option(decorated), reversed(options), command)

    return apply


def _log_in(_: click.Context, __: click.Parameter, form: str | None) -> None:
    if form:
        logs.configure(os.environ, form=form)


serving_options = _options(
    click.option("--host", default="127.0.0.1", envvar="LIVEWALL_HOST", show_default=True, help="Address to bind to."),
    click.option("--port", type=int, default=DEFAULT_PORT, envvar="LIVEWALL_PORT", show_default=True, help="Port."),
    click.option(
        "--bind",
        envvar="LIVEWALL_BIND",
        metavar="unix:PATH",
        help="A Unix socket to listen on, for a proxy on this machine, in place of --host and --port. Asks for tokens.",
    ),
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
        help="Where nginx connects from, such as 127.0.0.1, or unix for the socket: what it says of its callers is "
        "believed. Asks for tokens.",
    ),
    click.option(
        "--webhooks-to",
        default="",
        envvar="LIVEWALL_WEBHOOKS_TO",
        metavar="NETWORKS",
        help="Networks of the lab's own that jobs' webhooks and statuses of commits may lead into: 10.0.0.0/8.  "
        "[default: none]",
    ),
    click.option(
        "--webhook-key-file",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        envvar="LIVEWALL_WEBHOOK_KEY_FILE",
        help="A file with what jobs' webhooks are signed by.  [default: they are not signed]",
    ),
    click.option(
        "--job-output",
        type=click.IntRange(min=1),
        default=JOB_OUTPUT,
        envvar="LIVEWALL_JOB_OUTPUT",
        show_default=True,
        metavar="MB",
        help="Megabytes of output that are kept of each job.",
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
        "--retention",
        envvar="LIVEWALL_RETENTION",
        metavar="AGE",
        help="How long runs are kept of which the configuration says nothing: 30d, 12w, 2y.  [default: for ever]",
    ),
    click.option(
        "--first-branch-build",
        "first_build",
        type=click.IntRange(0, 2**62),
        default=0,
        envvar="LIVEWALL_FIRST_BRANCH_BUILD",
        metavar="NUMBER",
        help="The number of the next branch build, or a larger one: numbers only grow.",
    ),
    click.option(
        "--instances",
        type=click.IntRange(0, 10_000),
        envvar="LIVEWALL_INSTANCES",
        metavar="N",
        help="How many builds of a project are left running at most.  [default: as the project says]",
    ),
    click.option(
        "--async-mode",
        type=click.Choice(server.MODES),
        default="eventlet",
        envvar="LIVEWALL_ASYNC_MODE",
        show_default=True,
        help="What serves many connections at once.",
    ),
    click.option(
        "--log-format",
        type=click.Choice(logs.FORMATS, case_sensitive=False),
        envvar="LIVEWALL_LOG_FORMAT",
        show_envvar=False,
        expose_value=False,
        callback=_log_in,
        help="One event a line: for people, or as JSON for what collects logs.  [default: text]",
    ),
)


def settings_of(data: Path, serving: dict[str, Any]) -> tuple[Settings, str]:
    """The settings, and the asynchronous mode. Raises Misconfigured."""
    mode = serving.pop("async_mode")
    if serving["stale_after"] <= 0 or serving["abandon_after"] <= serving["stale_after"]:
        raise Misconfigured("--stale-after must be above 0, and --abandon-after above --stale-after.")
    serving["unix_socket"] = unix_socket_of(serving.pop("bind"))
    serving["retention"] = parse_retention(serving["retention"]) if serving["retention"] else None
    serving["trusted_proxies"] = parse_proxies(serving["trusted_proxies"])
    serving["webhooks_to"] = parse_networks(serving["webhooks_to"])
    serving["webhook_key"] = _key_in(serving.pop("webhook_key_file"))
    # On loopback behind a proxy is not on loopback: its callers come from anywhere.
    serving["require_tokens"] |= bool(serving["trusted_proxies"]) and not serving["insecure"]
    return Settings(data=data, **serving), mode


def _key_in(file: Path | None) -> str:
    """Raises Misconfigured."""
    if file is None:
        return ""
    try:
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"--webhook-key-file {file} cannot be read: {type(error).__name__}.") from None
    if not key:
        raise Misconfigured(f"--webhook-key-file {file} is empty.")
    return key


def unix_socket_of(bind: str | None) -> Path | None:
    """`unix:/run/livewall/wall.sock` -> its path, absolute. Raises Misconfigured."""
    if not bind:
        return None
    kind, _, path = bind.partition(":")
    if kind != UNIX or not path:
        raise Misconfigured(f"--bind takes unix:/PATH, not {bind!r}; an address and a port are --host and --port.")
    return Path(path).expanduser().absolute()


def lab_file_of(settings: Settings, mode: str) -> LabFile:
    """Raises BadConfiguration."""
    is_named = settings.config is not None
    return LabFile(settings.lab_file, optional=not is_named, offload=server.offload(mode))


def needs_tokens(settings: Settings) -> bool:
    """Whether the wall asks its callers for tokens."""
    return not settings.insecure and (settings.require_tokens or not is_loopback(settings.reached_by))


def require_tokens(settings: Settings, list_tokens: Callable[[], list[Token]], *, has_agents: bool = False) -> None:
    """A wall that strangers can reach starts only when somebody has been given a key to it, or on purpose without.

    Whoever brings results has one, and whoever reads them. Robots in an agent's jobs need none: each job has its own.
    Keys that have expired will do: a wall must come back after a power cut, whatever day it is. Raises Misconfigured.
    """
    if not needs_tokens(settings):
        return
    tokens = [one for one in list_tokens() if not one.revoked_at]
    brings = has_agents or any(one.grants("upload") or one.grants("agent") for one in tokens)
    reads = any(one.grants("read") for one in tokens)
    missing = [scope for scope, is_there in (("ingest", brings), ("read", reads)) if not is_there]
    if missing:
        commands = " and ".join(f"`livewall token create --scope {scope} NAME`" for scope in missing)
        raise Misconfigured(
            f"On {settings.address} others can reach the wall, so it asks for tokens, and there is none for "
            f"{' and '.join(missing)}. Make one with {commands} (with the same --data or --database-url), "
            "or start with --insecure."
        )
