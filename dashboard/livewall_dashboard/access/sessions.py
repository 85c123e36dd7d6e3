"""Browsers that showed a token once: what their cookie holds is not the token, and ends earlier than it if need be."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import scalar_row, tuple_row

from livewall_dashboard.access.tokens import RANDOM_BYTES, Connections, Token, TokenStore, hash_of
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import Unavailable

PREFIX = "lws_"
LIFETIME = timedelta(days=400)
"""As long as browsers keep a cookie at all: a wall on a screen must outlive a year without a hand on it."""
MAX_SESSIONS = 10_000
"""Browsers signed in at the same time; one more signs out the one not seen for the longest time."""

RETRY_AFTER = 2.0
"""Seconds between two tries to read them while Postgres is away."""

_LIVE = "SELECT id, sha256, token_id, created_at, expires_at FROM session WHERE expires_at > %s"
_REUSE = """
UPDATE session SET sha256 = %(sha256)s, token_id = %(token_id)s, created_at = %(now)s, expires_at = %(expires_at)s
WHERE id = (SELECT id FROM session WHERE expires_at <= %(now)s LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
_ADD = """
INSERT INTO session (sha256, token_id, created_at, expires_at)
VALUES (%(sha256)s, %(token_id)s, %(now)s, %(expires_at)s) RETURNING id
"""
_END = "UPDATE session SET expires_at = %s WHERE id = %s"


@dataclass(slots=True)
class _Session:
    id: int
    token_id: int
    expires_at: datetime
    seen_at: datetime


class SessionStore:
    """Begins, finds and ends sessions.

    Only one dashboard serves a database, so what it remembers is all there is: it reads them once. A session is as good
    as its token: what that opened is shut when the token is revoked or expires.
    """

    def __init__(
        self,
        database: Connections,
        tokens: TokenStore,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ):
        self._database = database
        self._tokens = tokens
        self._clock = clock
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[bytes, _Session] | None = None
        self._retry_at = 0.0

    def begin(self, token: Token) -> tuple[str, datetime]:
        """-> what the browser's cookie is to hold, and the session's end. Raises Unavailable."""
        text = PREFIX + secrets.token_hex(RANDOM_BYTES)
        digest, now = hash_of(text), self._now()
        expires_at = min(now + LIFETIME, token.expires_at or now + LIFETIME)
        values = {"sha256": digest, "token_id": token.id, "now": now, "expires_at": expires_at}
        known = self._all()
        with self._lock, self._database.connection() as connection:
            self._make_room(connection, known)
            cursor = connection.cursor(row_factory=scalar_row)
            number = cursor.execute(_REUSE, values).fetchone() or cursor.execute(_ADD, values).fetchone()
            assert number is not None
            known[digest] = _Session(number, token.id, expires_at, now)
        return text, expires_at

    def find(self, text: str) -> Token | None:
        """The good token behind a session that goes on, or None. Raises Unavailable while none were ever read."""
        return self._token_behind(hash_of(text))

    def goes_on(self, digest: str) -> bool:
        """Whether the session goes on whose cookie has this SHA-256, in hexadecimal. Raises as `find`."""
        return self._token_behind(bytes.fromhex(digest)) is not None

    def _token_behind(self, digest: bytes) -> Token | None:
        session = self._all().get(digest)
        now = self._now()
        if session is None or session.expires_at <= now:
            return None
        session.seen_at = now
        return self._tokens.get(session.token_id)

    def end(self, text: str) -> None:
        """The browser signs out; nothing where it is not signed in. Raises Unavailable."""
        known = self._all()
        with self._lock, self._database.connection() as connection:
            session = known.get(hash_of(text))
            if session is not None:
                connection.execute(_END, [self._now(), session.id])
                del known[hash_of(text)]

    def _make_room(self, connection: psycopg.Connection[Any], known: dict[bytes, _Session]) -> None:
        now = self._now()
        for digest in [digest for digest, session in known.items() if session.expires_at <= now]:
            del known[digest]
        if len(known) >= MAX_SESSIONS:
            digest = min(known, key=lambda digest: known[digest].seen_at)
            connection.execute(_END, [now, known[digest].id])
            del known[digest]

    def _all(self) -> dict[bytes, _Session]:
        if self._known is not None:
            return self._known
        with self._lock:
            if self._known is None:
                self._known = self._read()
            return self._known

    def _read(self) -> dict[bytes, _Session]:
        if self._clock() < self._retry_at:  # each try keeps a request waiting for a connection
            raise _away()
        try:
            with self._database.connection() as connection:
                rows = connection.cursor(row_factory=tuple_row).execute(_LIVE, [self._now()]).fetchall()
        except (psycopg.Error, Unavailable) as error:
            self._retry_at = self._clock() + RETRY_AFTER
            raise _away() from error
        return {
            digest: _Session(number, token_id, expires_at, created_at)
            for number, digest, token_id, created_at, expires_at in rows
        }


def _away() -> Unavailable:
    return Unavailable("The database is away, so nobody can be signed in: try again.", headers={"Retry-After": "2"})
