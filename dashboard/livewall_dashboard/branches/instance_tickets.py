"""What lets a browser from the wall to an instance, which is another host: signed, for one, and not for long."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable

ENTER, STAY = "enter", "stay"
_SECONDS = {ENTER: 60, STAY: 12 * 3600}
"""An address with a ticket may be in a log or a history: it is good for a click."""
NOBODY = 0
"""Whose ticket is of a wall that asks for no tokens."""


class InstanceTickets:
    """`is_good(token)`: whether the token by which somebody may read is still good. `clock`: seconds since 1970.

    The key is of this process: after a restart browsers are sent to the wall once more, which nobody notices.
    """

    def __init__(self, is_good: Callable[[int], bool], clock: Callable[[], float]) -> None:
        self._is_good = is_good
        self._clock = clock
        self._key = secrets.token_bytes(32)

    def issue(self, kind: str, number: int, token: int) -> str:
        """For the instance of a build, by the token with this id."""
        text = f"{token}.{int(self._clock()) + _SECONDS[kind]}"
        return f"{text}.{self._signature(kind, number, text)}"

    def token_of(self, kind: str, number: int, tickets: Iterable[str]) -> int | None:
        """Of the first good one; None where there is none. An instance may set cookies of its neighbours."""
        return next((token for ticket in tickets if (token := self._token(kind, number, ticket)) is not None), None)

    def _token(self, kind: str, number: int, ticket: str) -> int | None:
        text, _, signature = ticket.rpartition(".")
        if not hmac.compare_digest(self._signature(kind, number, text).encode(), signature.encode("utf-8", "replace")):
            return None
        token, ends_at = (int(part) for part in text.split("."))
        is_good = self._clock() < ends_at and (token == NOBODY or self._is_good(token))
        return token if is_good else None

    def _signature(self, kind: str, number: int, text: str) -> str:
        return hmac.new(self._key, f"{kind}/{number}/{text}".encode("utf-8", "replace"), "sha256").hexdigest()
