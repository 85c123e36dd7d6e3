"""`livewall token`: makes, lists and revokes access tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click

from livewall_dashboard.access.tokens import GRANTS, Token, TokenStore
from livewall_dashboard.base.clock import UTC, utc_now
from livewall_dashboard.postgres.cli_options import database_url_option, find_wall, wall_data_option
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.migrations import migrate

_DAYS = re.compile(r"([1-9]\d{0,4})d")

_OF_JOBS = ("submit", "agent")

_USES = {
    "read": "Open the wall with it behind a #, once on each screen: http://SERVER:8000/#{token}\n"
    "People may as well paste it at http://SERVER:8000/login.",
    "builds": "Whoever shall start builds signs in with it, once in each browser: http://SERVER:8000/login.",
    "submit": "Send it with jobs: Authorization: Bearer {token}",
    "agent": "Give it to agents: Authorization: Bearer {token}",
    "ingest": "Give it to the nodes as LIVEWALL_TOKEN.",
    "upload": "Send it with uploads: Authorization: Bearer {token}",
}


def _end(_context: click.Context, _parameter: click.Parameter, text: str | None) -> datetime | None:
    """So many days from now, or the last moment of a day by UTC."""
    if text is None:
        return None
    try:
        if days := _DAYS.fullmatch(text.strip()):
            return utc_now() + timedelta(days=int(days[1]))
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{text[:50]!r} is neither a number of days like 90d nor a date like 2027-01-31."
        ) from None


@click.group()
def token() -> None:
    """Make, list and revoke access tokens."""


@token.command("create")
@database_url_option
@wall_data_option
@click.option("--scope", type=click.Choice(sorted(GRANTS)), required=True, help="What the token opens.")
@click.option(
    "--setup",
    "setups",
    multiple=True,
    help="Bind it: it reports runs of this setup alone. May be given several times.  [default: all setups]",
)
@click.option(
    "--queue",
    "queues",
    multiple=True,
    help="Bind it: it is for jobs of this queue alone. May be given several times.  [default: all queues]",
)
@click.option(
    "--expires",
    "expires_at",
    callback=_end,
    metavar="DAYS|DATE",
    help="When it ends: 90d, or 2027-01-31, a day in UTC.  [default: never]",
)
@click.argument("name")
def create(
    database_url: str | None,
    data: Path | None,
    scope: str,
    setups: tuple[str, ...],
    queues: tuple[str, ...],
    expires_at: datetime | None,
    name: str,
) -> None:
    """Make a token and print it, this once. A --data folder that is not there yet is made: a wall may come later."""
    with _tokens_of(database_url, data, may_make=True) as tokens:
        text = tokens.create(name, scope, setups=setups, queues=queues, expires_at=expires_at)
    click.echo(text)
    click.echo(f"This is the token {name!r}. It is shown this once: the wall keeps its hash alone.", err=True)
    if use := _USES.get(scope):
        click.echo(use.format(token=text), err=True)


@token.command("list")
@database_url_option
@wall_data_option
def list_tokens(database_url: str | None, data: Path | None) -> None:
    """List the tokens: name, scope, setups or queues, end, last use; never the tokens themselves."""
    now = utc_now()
    with _tokens_of(database_url, data) as tokens:
        for one in tokens.list():
            bound = ", ".join(one.setups or one.queues or ["all queues" if one.scope in _OF_JOBS else "all setups"])
            click.echo(f"{one.name}\t{one.scope}\t{bound}\t{_state(one, now)}\t{_last_use(one)}")


@token.command("revoke")
@database_url_option
@wall_data_option
@click.argument("name")
def revoke(database_url: str | None, data: Path | None, name: str) -> None:
    """End a token, and with it the browsers it signed in, at once."""
    with _tokens_of(database_url, data) as tokens:
        tokens.revoke(name)
    click.echo(f"{name} is revoked: within 2 seconds it opens nothing any more.")


@contextmanager
def _tokens_of(database_url: str | None, data: Path | None, *, may_make: bool = False) -> Iterator[TokenStore]:
    with find_wall(database_url, data, may_make=may_make).database() as url:
        migrate(url)
        with closing(Database(url)) as database:
            yield TokenStore(database)


def _state(one: Token, now: datetime) -> str:
    if one.revoked_at:
        return "revoked"
    if one.expires_at is None:
        return "never expires"
    return f"{'expires' if one.is_good(now) else 'expired'} {one.expires_at:%Y-%m-%d %H:%M}"


def _last_use(one: Token) -> str:
    return f"last used {one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never used"
