"""Access tokens: made once, shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import BadRequest, Conflict, NotFound, Unavailable

PREFIX = "lw_"
RANDOM_BYTES = 20
"""160 bits from the system's random source."""
PATTERN = r"\blw_[0-9a-f]{40}\b"
"""What scanners for leaked secrets look for."""

GRANTS: dict[str, frozenset[str]] = {
    "read": frozenset({"read", "jobs"}),
    "ingest": frozenset({"ingest", "upload"}),
    "upload": frozenset({"upload"}),
    "builds": frozenset({"builds", "branch-builds", "read", "jobs"}),
    "submit": frozenset({"submit", "branch-builds", "read", "jobs"}),
    "agent": frozenset({"agent", "jobs"}),
    "admin": frozenset({"admin", "submit", "builds", "branch-builds", "upload", "read", "jobs"}),
}
"""What a token of each scope may do. A node that reports a run also uploads its logs, so ingest implies upload;
who starts builds or submits jobs does so from the wall, so these imply read. `jobs` is what people and agents both look
at: an agent sees that, and no results of others. `branch-builds` orders builds that the configuration
describes. admin is for people: all but what nodes and agents do."""

GRANTABLE = frozenset[str]().union(*GRANTS.values())

REFRESH_AFTER = 2.0
"""Seconds after which the known tokens are read again: the longest a revoked token still opens a door."""

RETRY_AFTER = 10.0
"""Seconds between two tries while Postgres is away: each keeps one request waiting for a connection."""

TOUCH_AFTER = 60.0
"""Seconds between two notes of a token's last use."""

MAX_NAME = 100
MAX_SETUPS = 1000
"""Setups that one token is bound to."""

log = logging.getLogger(__name__)

_SELECT = """SELECT id, name, scope, sha256, created_at, last_used_at, revoked_at, setups, expires_at, queues, job_id
FROM token"""


@dataclass(frozen=True)
class Token:
    """A token as the database knows it: everything but the token itself.

    `setups`: those whose runs it may write, `queues`: those whose jobs it is for; None: all. `job_id`: the one job
    whose runs it may write; None: of all, and of none. Times by the server's clock.
    """

    id: int
    name: str
    scope: str
    sha256: bytes
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    setups: list[str] | None = None
    expires_at: datetime | None = None
    queues: list[str] | None = None
    job_id: UUID | None = None

    def grants(self, scope: str) -> bool:
        return scope in GRANTS[self.scope]

    def is_good(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def may_write(self, setup: str) -> bool:
        """Whether it is for runs of this setup too."""
        return self.setups is None or setup in self.setups

    def may_use(self, queue: str) -> bool:
        """Whether it is for jobs of this queue too."""
        return self.queues is None or queue in self.queues


class Connections(Protocol):
    """What lends a connection for one transaction: a `Database` or a psycopg pool."""

    def connection(self) -> AbstractContextManager[psycopg.Connection[Any]]: ...


@dataclass(frozen=True, slots=True)
class _Known:
    """The tokens that are not revoked."""

    by_hash: dict[bytes, Token]
    by_id: dict[int, Token]


class TokenStore:
    """Creates, lists and revokes tokens, and finds the one a request shows.

    `find` answers from memory and reads the table again every `REFRESH_AFTER` seconds. While Postgres is away it goes
    on with what it knew: the wall stays on, and nothing can have been revoked there meanwhile.
    """

    def __init__(
        self,
        database: Connections,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ):
        self._database = database
        self._clock = clock
        self._now = now
        self._refreshing = threading.Lock()
        self._known: _Known | None = None
        self._refresh_at = 0.0
        self._touch_at: dict[int, float] = {}
        self._used: set[int] = set()

    def create(
        self,
        name: str,
        scope: str,
        *,
        setups: Collection[str] = (),
        queues: Collection[str] = (),
        expires_at: datetime | None = None,
    ) -> str:
        """The new token, to be shown once; for runs of `setups` and jobs of `queues` alone, where some are given.

        Raises BadRequest for a bad name, scope, setup or end, Conflict for a name in use.
        """
        _check_name(name)
        if scope not in GRANTS:
            raise BadRequest(f"There is no scope {scope!r}: choose one of {', '.join(GRANTS)}.")
        _check_setups(scope, setups)
        _check_queues(scope, queues)
        if expires_at is not None and expires_at <= self._now():
            raise BadRequest("The token would be over before it is made: choose a time to come.")
        text = new_text()
        with self._database.connection() as connection:
            made = connection.execute(
                "INSERT INTO token (name, scope, sha256, setups, expires_at, queues) VALUES (%s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (name) DO NOTHING RETURNING id",
                (name, scope, hash_of(text), sorted(set(setups)) or None, expires_at, sorted(set(queues)) or None),
            ).fetchone()
        if made is None:
            raise Conflict(f"There is already a token named {name!r}, in use or revoked: choose another name.")
        self._refresh_at = 0.0
        return text

    def list(self) -> list[Token]:
        """All tokens, the revoked ones too, in the order of their making; not those of jobs, which end with these."""
        with self._database.connection() as connection, connection.cursor(row_factory=class_row(Token)) as cursor:
            return cursor.execute(f"{_SELECT} WHERE job_id IS NULL ORDER BY id").fetchall()

    def revoke(self, name: str) -> None:
        """Ends a token; every dashboard knows within `REFRESH_AFTER` seconds. Raises NotFound."""
        with self._database.connection() as connection:
            revoked = connection.execute(
                "UPDATE token SET revoked_at = coalesce(revoked_at, now()) WHERE name = %s RETURNING id", (name,)
            ).fetchone()
        if revoked is None:
            raise NotFound(f"There is no token named {name!r}.")
        self._refresh_at = 0.0

    def look_again(self) -> None:
        """A token was made beside this store: whoever shows it next is known."""
        self._refresh_at = 0.0

    def find(self, text: str) -> Token | None:
        """The good token that `text` is, or None. Raises Unavailable while no token was ever read from Postgres."""
        digest = hash_of(text)
        # The look-up is by a hash the caller cannot steer, so its timing says nothing about other tokens.
        token = self._current().by_hash.get(digest)
        if token is None or not hmac.compare_digest(token.sha256, digest):
            return None
        return self._in_use(token)

    def get(self, token_id: int) -> Token | None:
        """The good token of this number, or None: what a session stands for. Raises as `find`."""
        token = self._current().by_id.get(token_id)
        return None if token is None else self._in_use(token)

    def is_good(self, token_id: int) -> bool:
        """Whether this token, which is not shown now, would still be taken. Raises as `find`."""
        token = self._current().by_id.get(token_id)
        return token is not None and token.is_good(self._now())

    def _in_use(self, token: Token) -> Token | None:
        if not token.is_good(self._now()):
            return None
        now = self._clock()
        if now >= self._touch_at.get(token.id, 0.0):
            self._touch_at[token.id] = now + TOUCH_AFTER
            self._used.add(token.id)
        return token

    def _current(self) -> _Known:
        known = self._known
        if known is not None and self._clock() < self._refresh_at:
            return known
        # Whoever comes while another refreshes goes on with the tokens known so far, unless there are none yet.
        if not self._refreshing.acquire(blocking=known is None):
            assert known is not None
            return known
        try:
            if self._clock() >= self._refresh_at:
                self._refresh()
            if self._known is None:
                raise Unavailable(
                    "The database is away, so tokens cannot be checked: try again.", headers={"Retry-After": "2"}
                )
            return self._known
        finally:
            self._refreshing.release()

    def _refresh(self) -> None:
        try:
            with self._database.connection() as connection:
                self._known = self._read(connection)
                self._note_use(connection)
            pause = REFRESH_AFTER
        except (psycopg.Error, Unavailable) as error:
            log.warning("Tokens cannot be read, going on with those known: %s", error)
            pause = RETRY_AFTER if self._known is not None else REFRESH_AFTER
        self._refresh_at = self._clock() + pause

    def _read(self, connection: psycopg.Connection[Any]) -> _Known:
        with connection.cursor(row_factory=class_row(Token)) as cursor:
            tokens = cursor.execute(f"{_SELECT} WHERE revoked_at IS NULL").fetchall()
        return _Known({token.sha256: token for token in tokens}, {token.id: token for token in tokens})

    def _note_use(self, connection: psycopg.Connection[Any]) -> None:
        if used := list(self._used):
            connection.execute("UPDATE token SET last_used_at = now() WHERE id = ANY(%s)", (used,))
            self._used.difference_update(used)


def new_text() -> str:
    """What is shown once."""
    return PREFIX + secrets.token_hex(RANDOM_BYTES)


def hash_of(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise BadRequest(f"A token's name is 1 to {MAX_NAME} printable characters.")


def _check_setups(scope: str, setups: Collection[str]) -> None:
    if not setups:
        return
    if not GRANTS[scope] & {"ingest", "upload", "agent"}:
        raise BadRequest(f"A token for {scope} writes no runs, so it cannot be bound to setups.")
    if len(setups) > MAX_SETUPS or any(not setup.strip() or len(setup) > 1000 or "\0" in setup for setup in setups):
        raise BadRequest(f"A token is bound to at most {MAX_SETUPS} setups, each a name of 1 to 1000 characters.")


def _check_queues(scope: str, queues: Collection[str]) -> None:
    if not queues:
        return
    if scope not in {"submit", "agent"}:
        raise BadRequest(f"A token for {scope} is for no jobs, so it cannot be bound to queues.")
    if len(queues) > MAX_SETUPS or any(not 1 <= len(queue) <= 200 or "\0" in queue for queue in queues):
        raise BadRequest(f"A token is bound to at most {MAX_SETUPS} queues, each a name of 1 to 200 characters.")
