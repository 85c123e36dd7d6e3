"""The database: there, of the right version, with a schema this livewall works with; and the tokens in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import psycopg

from livewall_dashboard.access.origins import is_loopback
from livewall_dashboard.access.tokens import Token, TokenStore
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import LivewallError, Misconfigured
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.check.commits import check_git
from livewall_dashboard.check.result import Result, failed, ok, warning
from livewall_dashboard.postgres import server_process
from livewall_dashboard.postgres.cli_options import ChosenWall, has_database
from livewall_dashboard.postgres.database import Database, conninfo, unavailable_when_away
from livewall_dashboard.postgres.migrations import examine
from livewall_dashboard.serving.options import needs_tokens, require_tokens

FIRST_MIGRATION = "0001.initial"
"""What makes the table of tokens."""
TOKENS_MIGRATION = "0003.access"
"""What made it as it is now."""
DAYS_AHEAD = 14
"""How early it is said that a token ends."""


def check_database(database_url: str | None, settings: Settings) -> Iterator[Result]:
    """The user's Postgres or, without `database_url`, the one in the data folder, started if it is not running."""
    try:
        if not database_url and not has_database(settings.data):
            yield from _none_yet(settings)
            return
        with ChosenWall(settings.data, database_url).database() as url:
            yield from _looked_at(url, settings)
    except LivewallError as error:
        yield failed("database", error.message)


def _none_yet(settings: Settings) -> Iterator[Result]:
    version = server_process.find_programs().version
    yield ok("database", f"none yet: `livewall up` makes one in {settings.data}, with PostgreSQL {version}")
    yield _token_policy(settings, list)


def _looked_at(url: str, settings: Settings) -> Iterator[Result]:
    found, waiting = examine(url)
    with unavailable_when_away(), psycopg.connect(conninfo(url)) as connection:
        info = connection.info
        row = connection.execute("SELECT split_part(current_setting('server_version'), ' ', 1)").fetchone()
        assert row is not None
        text = f"PostgreSQL {row[0]}, {info.dbname} at {info.host} as {info.user}"
    yield ok("database", text)
    yield from ((failed if lack.stops else warning)("database", lack.text) for lack in found)
    if any(lack.stops for lack in found):
        return
    if waiting:
        yield warning("migrations", f"the next start applies {', '.join(waiting)}; `livewall migrate` does it now")
    else:
        yield ok("migrations", "the schema is up to date")
        yield from check_git(url)
    if FIRST_MIGRATION not in waiting and TOKENS_MIGRATION in waiting:
        yield warning("tokens", "they are looked at once those migrations are applied")
    else:
        yield _token_policy(settings, lambda: [] if FIRST_MIGRATION in waiting else _tokens(url))


def _tokens(url: str) -> list[Token]:
    database = Database(url)
    try:
        return TokenStore(database).list()
    finally:
        database.close()


def _token_policy(settings: Settings, list_tokens: Callable[[], list[Token]]) -> Result:
    try:
        require_tokens(settings, list_tokens)
    except Misconfigured as error:
        return failed("tokens", error.message)
    if settings.insecure and not is_loopback(settings.reached_by):
        return warning("tokens", f"whoever reaches {settings.address} may read and report: that is --insecure")
    if settings.insecure or not needs_tokens(settings):
        return ok("tokens", "none are asked for: only this machine reaches the wall")
    if ending := [one for one in list_tokens() if not one.revoked_at and one.expires_at and one.expires_at < _soon()]:
        names = ", ".join(f"{one.name!r} on {one.expires_at:%Y-%m-%d}" for one in ending[:10])
        return warning("tokens", f"these end, or have ended: {names}. Make others, and revoke those nobody needs")
    return ok("tokens", "asked for, and there are some to report and to read with")


def _soon() -> datetime:
    return utc_now() + timedelta(days=DAYS_AHEAD)
