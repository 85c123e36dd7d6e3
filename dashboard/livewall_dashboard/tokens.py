"""Access tokens: made once, shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import psycopg
from psycopg.rows import class_row

from livewall_dashboard.errors import BadRequest, Conflict, NotFound, Unavailable

PREFIX = "lw_"
RANDOM_BYTES = 20
"""160 bits from the system's random source."""

GRANTS: dict[str, frozenset[str]] = {
    "read": frozenset({"read"}),
    "ingest": frozenset({"ingest", "upload"}),
    "upload": frozenset({"upload"}),
    "builds": frozenset({"builds", "read"}),
    "submit": frozenset({"submit"}),
    "agent": frozenset({"agent"}),
    "admin": frozenset({"admin"}),
}
"""What a token of each scope may do. A node that reports a run also uploads its logs, so ingest implies upload;
who starts builds does so from the wall, so builds implies read."""

REFRESH_AFTER = 2.0
"""Seconds after which the known tokens are read again: the longest a revoked token still opens a door."""

RETRY_AFTER = 10.0
"""Seconds between two tries while Postgres is away: each keeps one request waiting for a connection."""

TOUCH_AFTER = 60.0
"""Seconds between two notes of a token's last use."""

MAX_NAME = 100

log = logging.getLogger(__name__)

_SELECT = "SELECT id, name, scope, sha256, created_at, last_used_at, revoked_at FROM token"


@dataclass(frozen=True)
class Token:
    """A token as the database knows it: everything but the token itself."""

    id: int
    name: str
    scope: str
    sha256: bytes
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def grants(self, scope: str) -> bool:
        return scope in GRANTS[self.scope]


class Connections(Protocol):
    """What lends a connection for one transaction: a `Database` or a psycopg pool."""

    def connection(self) -> AbstractContextManager[psycopg.Connection[Any]]: ...


class TokenStore:
    """Creates, lists and revokes tokens, and finds the one a request shows.

    `find` answers from memory and reads the table again every `REFRESH_AFTER` seconds. While Postgres is away it goes
    on with what it knew: the wall stays on, and nothing can have been revoked there meanwhile.
    """

    def __init__(self, database: Connections, clock: Callable[[], float] = time.monotonic):
        self._database = database
        self._clock = clock
        self._refreshing = threading.Lock()
        self._known: dict[bytes, Token] | None = None
        self._refresh_at = 0.0
        self._touch_at: dict[int, float] = {}
        self._used: set[int] = set()

    def create(self, name: str, scope: str) -> str:
        """The new token, to be shown once. Raises BadRequest for a bad name or scope, Conflict for a name in use."""
        _check_name(name)
        if scope not in GRANTS:
            raise BadRequest(f"There is no scope {scope!r}: choose one of {', '.join(GRANTS)}.")
        text = PREFIX + secrets.token_hex(RANDOM_BYTES)
        with self._database.connection() as connection:
            made = connection.execute(
                "INSERT INTO token (name, scope, sha256) VALUES (%s, %s, %s)"
                " ON CONFLICT (name) DO NOTHING RETURNING id",
                (name, scope, hash_of(text)),
            ).fetchone()
        if made is None:
            raise Conflict(f"There is already a token named {name!r}, in use or revoked: choose another name.")
        return text

    def list(self) -> list[Token]:
        """All tokens, the revoked ones too, in the order of their making."""
        with self._database.connection() as connection, connection.cursor(row_factory=class_row(Token)) as cursor:
            return cursor.execute(f"{_SELECT} ORDER BY id").fetchall()

    def revoke(self, name: str) -> None:
        """Ends a token; every dashboard knows within `REFRESH_AFTER` seconds. Raises NotFound."""
        with self._database.connection() as connection:
            revoked = connection.execute(
                "UPDATE token SET revoked_at = coalesce(revoked_at, now()) WHERE name = %s RETURNING id", (name,)
            ).fetchone()
        if revoked is None:
            raise NotFound(f"There is no token named {name!r}.")
        self._refresh_at = 0.0

    def find(self, text: str) -> Token | None:
        """The token that `text` is, or None. Raises Unavailable while no token was ever read from Postgres."""
        known = self._current()
        digest = hash_of(text)
        # The look-up is by a hash the caller cannot steer, so its timing says nothing about other tokens.
        token = known.get(digest)
        if token is None or not hmac.compare_digest(token.sha256, digest):
            return None
        now = self._clock()
        if now >= self._touch_at.get(token.id, 0.0):
            self._touch_at[token.id] = now + TOUCH_AFTER
            self._used.add(token.id)
        return token

    def _current(self) -> dict[bytes, Token]:
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
            pause = RETRY_AFTER if self._known else REFRESH_AFTER
        self._refresh_at = self._clock() + pause

    def _read(self, connection: psycopg.Connection[Any]) -> dict[bytes, Token]:
        with connection.cursor(row_factory=class_row(Token)) as cursor:
            tokens = cursor.execute(f"{_SELECT} WHERE revoked_at IS NULL").fetchall()
        return {token.sha256: token for token in tokens}

    def _note_use(self, connection: psycopg.Connection[Any]) -> None:
        if used := list(self._used):
            connection.execute("UPDATE token SET last_used_at = now() WHERE id = ANY(%s)", (used,))
            self._used.difference_update(used)


def hash_of(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise BadRequest(f"A token's name is 1 to {MAX_NAME} printable characters.")
