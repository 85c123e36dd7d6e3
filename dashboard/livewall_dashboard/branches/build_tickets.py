"""What lets a browser to what a build has made, where the wall's cookie does not come along: signed, for one build, and
not for long. An instance is another host than the wall; pages of HTML are, for a browser, of no site at all.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable

ENTER, STAY, HTML = "enter", "stay", "html"
_SECONDS = {ENTER: 60, STAY: 12 * 3600, HTML: 3600}
"""An address with a ticket may be in a log or a history: it is good for a click, or for reading pages of HTML."""


class BuildTickets:
    """`still_admits(admission)`: whether what let somebody into the wall does so now. `clock`: seconds since 1970.

    The key is of this process: after a restart browsers are sent to the wall once more, which nobody notices.
    """

    def __init__(self, still_admits: Callable[[str], bool], clock: Callable[[], float]) -> None:
        self._still_admits = still_admits
        self._clock = clock
        self._key = secrets.token_bytes(32)

    def issue(self, kind: str, number: int, admission: str) -> str:
        """For what a build has made. `admission`: without a dot."""
        text = f"{admission}.{int(self._clock()) + _SECONDS[kind]}"
        return f"{text}.{self._signature(kind, number, text)}"

    def admission_of(self, kind: str, number: int, tickets: Iterable[str]) -> str | None:
        """Of the first good one; None where there is none. An instance may set cookies of its neighbours."""
        return next((found for ticket in tickets if (found := self._admission(kind, number, ticket))), None)

    def _admission(self, kind: str, number: int, ticket: str) -> str | None:
        text, _, signature = ticket.rpartition(".")
        if not hmac.compare_digest(self._signature(kind, number, text).encode(), signature.encode("utf-8", "replace")):
            return None
        admission, _, ends_at = text.rpartition(".")
        return admission if self._clock() < int(ends_at) and self._still_admits(admission) else None

    def _signature(self, kind: str, number: int, text: str) -> str:
        return hmac.new(self._key, f"{kind}/{number}/{text}".encode("utf-8", "replace"), "sha256").hexdigest()
