"""Brings a database to this version's schema.

Numbered plain SQL files, applied in the order of their names. All that are missing are applied in one transaction
together with the note that they are, under a lock: killed at any moment, a database is either migrated or untouched,
and of two that start at once one migrates.

Forwards only. The program goes back to an older release without its database, so a migration leaves the database such
that the release before it works on; one that cannot says so in its first line (`BREAKING`), and an older program then
refuses to start.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg import sql

from livewall_dashboard.base.complaint import Complaint
from livewall_dashboard.base.errors import LivewallError, Misconfigured, Unavailable
from livewall_dashboard.postgres.database import conninfo, is_outage
from livewall_dashboard.postgres.lock_holders import holder_of_locks
from livewall_dashboard.postgres.requirements import OWN_ADDRESS, Lack, lacks

OLDEST_POSTGRES = 15
MIGRATION_LOCK = 0x11FE_3A10
LOCK_TIMEOUT = 2.0
"""Seconds to wait for a table that somebody uses: whoever comes after us waits as long."""
LOCK_PAUSE = 3.0
"""Seconds between two tries, in which others get on."""

BREAKING = "-- breaking: "
"""How a migration begins after which no older program may run; the reason follows on the same line."""

log = logging.getLogger(__name__)

_Connection = psycopg.Connection[Any]

_PASSING = ("starting up", "shutting down", "not yet accepting connections", "recovery", "too many clients")

_PACKAGE = Path(__file__).resolve().parents[1]
_CANDIDATES = (_PACKAGE / "schema", _PACKAGE.parents[1] / "schema")

_CREATE = """
CREATE TABLE IF NOT EXISTS migration (
    name        text PRIMARY KEY,
    sha256      text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now(),
    breaking    boolean NOT NULL DEFAULT false
)
"""
# The table is older than its last column. Asked by way of JSON, a column that is not there is null.
_APPLIED = "SELECT name, sha256, coalesce((to_jsonb(m) ->> 'breaking')::boolean, false) FROM migration m"
_LACKS_BREAKING = """
SELECT 1 WHERE NOT EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = 'migration'::regclass AND attname = 'breaking' AND NOT attisdropped)
"""
_ADD_BREAKING = "ALTER TABLE migration ADD COLUMN breaking boolean NOT NULL DEFAULT false"


@dataclass(frozen=True, slots=True)
class Migration:
    """`name`: the file's without its ending, e.g. `0001.initial`."""

    name: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def breaking(self) -> bool:
        """Whether programs that do not know it must not run on what it leaves."""
        return self.text.startswith(BREAKING)


@dataclass(frozen=True, slots=True)
class _Applied:
    sha256: str
    breaking: bool


def migrate(url: str, *, patience: float = 0.0) -> list[str]:
    """Apply what is missing; returns the names applied, in order. Raises `Unavailable` or `Misconfigured`.

    `patience`: seconds for which to try again while somebody else uses the tables, such as a dump.
    """
    deadline = time.monotonic() + patience
    complaint = Complaint(log)
    while True:
        try:
            return _migrate(url)
        except _Locked as error:
            if time.monotonic() >= deadline:
                raise
            complaint.say(f"{error.message} Trying again for {patience:g} s.")
            time.sleep(LOCK_PAUSE)


class _Locked(Unavailable):
    """Somebody else uses the tables."""


def _migrate(url: str) -> list[str]:
    try:
        with _connect(url) as connection:
            return _apply(connection, url)
    except Unavailable as error:
        if isinstance(error.__cause__, pg.LockNotAvailable):
            raise _Locked(f"The schema cannot be changed now: {_holder(url)}.") from error
        raise


def _holder(url: str) -> str:
    with _connect(url) as connection:
        return holder_of_locks(connection, readers=True) or "somebody else uses its tables, or migrates it"


def _apply(connection: _Connection, url: str) -> list[str]:
    _require(connection, url)
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{LOCK_TIMEOUT * 1000:.0f}ms")))
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
    connection.execute(_CREATE)
    if connection.execute(_LACKS_BREAKING).fetchone():
        connection.execute(_ADD_BREAKING)
    applying = _missing(connection)
    for migration in applying:
        connection.execute(sql.SQL(migration.text))
        connection.execute(
            "INSERT INTO migration (name, sha256, breaking) VALUES (%s, %s, %s)",
            [migration.name, migration.sha256, migration.breaking],
        )
    return [migration.name for migration in applying]


def _require(connection: _Connection, url: str) -> None:
    """Raises `Unavailable` or `Misconfigured` for a database that livewall cannot work with."""
    for lack in lacks(connection, url, changes=lambda: bool(_missing(connection))):
        if lack.passes:
            raise Unavailable(f"The database cannot be used: {lack.text}.")
        if lack.stops:
            raise Misconfigured(f"The database cannot be used: {lack.text}.")
        log.warning("The database: %s.", lack.text)
    connection.commit()


def examine(url: str) -> tuple[list[Lack], list[str]]:
    """What the database lacks and, unless that stops the wall, what `migrate` would apply. Raises as `migrate`."""
    with _connect(url) as connection:
        found = list(lacks(connection, url, changes=lambda: bool(_missing(connection))))
        if any(lack.stops for lack in found):
            return found, []
        return found, [migration.name for migration in _missing(connection)]


def pending(url: str) -> list[str]:
    """Names of the migrations `migrate` would apply. Changes nothing. Raises as `migrate`."""
    return [migration.name for migration in missing(url)]


def missing(url: str) -> list[Migration]:
    """The migrations `migrate` would apply, in order. Changes nothing. Raises as `migrate`."""
    with _connect(url) as connection:
        return _missing(connection)


def schema_directory() -> Path:
    """The folder `schema`: part of an installed package, or the checkout's."""
    for candidate in _CANDIDATES:
        if (candidate / "migrations").is_dir():
            return candidate
    raise Misconfigured("This installation of livewall lacks its database schema; install it again.")


def known_migrations() -> list[Migration]:
    files = sorted((schema_directory() / "migrations").glob("*.sql"))
    return [Migration(path.name.removesuffix(".sql"), path.read_text(encoding="utf-8")) for path in files]


def _missing(connection: _Connection) -> list[Migration]:
    known = known_migrations()
    applied = _applied(connection)
    _live_with_newer(applied.keys() - {migration.name for migration in known}, applied)
    for migration in known:
        if migration.name in applied and applied[migration.name].sha256 != migration.sha256:
            raise Misconfigured(
                f"The database has another {migration.name} than this livewall: it was made by a version under "
                "development. Use the version that made it, or start with an empty database."
            )
    return [migration for migration in known if migration.name not in applied]


def _live_with_newer(names: AbstractSet[str], applied: Mapping[str, _Applied]) -> None:
    """A newer livewall was here, and this is what one went back to: fine, unless it said that there is no way back."""
    breaking = sorted(name for name in names if applied[name].breaking)
    if breaking:
        raise Misconfigured(
            f"The database was migrated by a newer livewall ({', '.join(breaking)}), and older ones cannot work with "
            "it any more; install that version or a later one.",
            detail={"unknown_migrations": breaking},
        )
    if names:
        log.warning("The database was migrated by a newer livewall (%s); going on with it.", ", ".join(sorted(names)))


def _applied(connection: _Connection) -> dict[str, _Applied]:
    if not connection.execute("SELECT 1 WHERE to_regclass('migration') IS NOT NULL").fetchall():
        return {}
    return {name: _Applied(sha256, breaking) for name, sha256, breaking in connection.execute(_APPLIED).fetchall()}


@contextmanager
def _connect(url: str) -> Iterator[_Connection]:
    """A connection in a transaction that is committed at the end; what goes wrong is told as errors of ours."""
    try:
        connection = psycopg.connect(conninfo(url))
    except psycopg.OperationalError as error:
        raise _cannot_connect(str(error).strip()) from error
    try:
        with connection:
            version = connection.info.server_version // 10000
            if version < OLDEST_POSTGRES:
                raise Misconfigured(f"livewall needs Postgres {OLDEST_POSTGRES} or newer; this is Postgres {version}.")
            yield connection
    except psycopg.Error as error:
        if is_outage(error):
            raise Unavailable(f"The database is away: {str(error).strip()}") from error
        raise Misconfigured(f"The database refused its schema: {str(error).strip()}") from error


def _cannot_connect(reason: str) -> LivewallError:
    """Postgres that answers but refuses is a matter of configuration, unless it says that it will pass."""
    if "unsupported startup parameter" in reason:
        return Misconfigured(
            "A pooler (pgbouncer) stands before the database and refuses the settings that livewall sends. "
            f"{OWN_ADDRESS}."
        )
    if "FATAL" in reason and not any(phrase in reason for phrase in _PASSING):
        return Misconfigured(f"The database refuses the connection: {reason}")
    return Unavailable(f"The database cannot be reached: {reason}")
