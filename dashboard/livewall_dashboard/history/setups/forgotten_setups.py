"""`livewall forget` is a program of its own: this looks which setups it has taken off the wall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from livewall_dashboard.base.background import Loop
from livewall_dashboard.history.store import Store

LOOK_EACH = 5.0
"""Seconds."""


class ForgottenSetups:
    """`loop` looks. `forget` gets the names, and when each was forgotten."""

    def __init__(self, store: Store, forget: Callable[[dict[str, datetime]], None]) -> None:
        self._store = store
        self._forget = forget
        self._seen: dict[str, datetime] = {}
        self.loop = Loop("forgotten setups", self.look, LOOK_EACH)

    def look(self) -> None:
        """Raises Unavailable."""
        forgotten = self._store.recently_forgotten()
        new = {name: at for name, at in forgotten.items() if self._seen.get(name) != at}
        if new:
            self._forget(new)
        self._seen = forgotten
