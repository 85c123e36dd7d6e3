"""What browsers keep of the wall: a session in a cookie, not the token that began it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from flask import Response, request

from livewall_dashboard.access.tokens import Token, hash_of
from livewall_dashboard.base.clock import utc_now

COOKIE = "livewall_session"
TOKEN_COOKIE = "livewall_token"  # noqa: S105 - a name
"""What browsers kept before there were sessions: the token. It is good until its page is loaded the next time."""


class Tokens(Protocol):
    """What knows the tokens: a `TokenStore`."""

    def find(self, text: str) -> Token | None: ...

    def is_good(self, token_id: int) -> bool: ...


class Sessions(Protocol):
    """What knows the sessions: a `SessionStore`."""

    def begin(self, token: Token) -> tuple[str, datetime]: ...

    def find(self, text: str) -> Token | None: ...

    def goes_on(self, digest: str) -> bool: ...

    def end(self, text: str) -> None: ...


class Browsers:
    """The browser behind the current request. Raises Unavailable where Postgres must be asked and is away."""

    def __init__(self, sessions: Sessions, tokens: Tokens):
        self._sessions = sessions
        self._tokens = tokens

    @property
    def cookie(self) -> str:
        """What it holds; "" where it never signed in."""
        return request.cookies.get(COOKIE) or request.cookies.get(TOKEN_COOKIE, "")

    @property
    def proven(self) -> str:
        """What it holds, where that is good; "" where it is not: whoever makes up cookies is one caller, not many."""
        session, kept = request.cookies.get(COOKIE), request.cookies.get(TOKEN_COOKIE)
        if session and self._sessions.find(session):
            return session
        return kept if kept and self._tokens.find(kept) else ""

    def token(self) -> Token | None:
        """The good token that it signed in with."""
        session, kept = request.cookies.get(COOKIE), request.cookies.get(TOKEN_COOKIE)
        token = self._sessions.find(session) if session else None
        return self._tokens.find(kept) if token is None and kept else token

    def kept_token(self) -> str | None:
        """The good token that it keeps in place of a session."""
        kept = request.cookies.get(TOKEN_COOKIE)
        return kept if kept and self.session() is None and self._tokens.find(kept) else None

    def session(self) -> Callable[[], bool] | None:
        """Whether its session goes on, to be asked at any later time; None where it has none."""
        text = request.cookies.get(COOKIE)
        if not text or self._sessions.find(text) is None:
            return None
        return lambda: self._sessions.find(text) is not None

    def session_digest(self) -> str | None:
        """Of its session, for `goes_on`; None where it has none."""
        text = request.cookies.get(COOKIE)
        return hash_of(text).hex() if text and self._sessions.find(text) is not None else None

    def goes_on(self, digest: str) -> bool:
        """Whether that session, of whatever browser, goes on."""
        return self._sessions.goes_on(digest)

    def sign_in(self, token: Token, response: Response) -> None:
        """In place of whoever was signed in before."""
        self._end()
        text, ends_at = self._sessions.begin(token)
        seconds = int((ends_at - utc_now()).total_seconds())
        response.set_cookie(COOKIE, text, seconds, httponly=True, samesite="Lax", secure=request.is_secure)
        _delete(response, TOKEN_COOKIE)

    def sign_out(self, response: Response) -> None:
        """Ends the session here and in the browser."""
        self._end()
        _delete(response, COOKIE, TOKEN_COOKIE)

    def _end(self) -> None:
        if session := request.cookies.get(COOKIE):
            self._sessions.end(session)


def _delete(response: Response, *names: str) -> None:
    for name in names:
        if name in request.cookies:
            response.delete_cookie(name)
