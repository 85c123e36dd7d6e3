"""Looks whether `livewall import`, a program of its own, has completed runs that the wall shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from livewall_dashboard.base.background import Loop
from livewall_dashboard.history.store import Store

LOOK_EACH = 5.0
"""Seconds."""


class ImportWatcher:
    """`loop` looks. `take_over` gets the keys of the runs that were completed."""

    def __init__(self, store: Store, take_over: Callable[[set[str]], None]) -> None:
        self._store = store
        self._take_over = take_over
        self._seen: set[tuple[str, datetime]] = set()
        self.loop = Loop("imports", self.look, LOOK_EACH)

    def look(self) -> None:
        """Raises Unavailable."""
        imported = self._store.recent_imports()
        new = {run for run, at in imported if (run, at) not in self._seen}
        if new:
            self._take_over(new)
        self._seen = set(imported)
