"""Which runs on the wall have a log.html to open."""

from __future__ import annotations

import threading
from collections.abc import Callable

from livewall_dashboard.history.store import Store
from livewall_dashboard.live import Wall
from livewall_dashboard.web.links import LOG, address_of


class RunLogs:
    """`lock` guards the wall. `on_change()` hears that the wall has something new."""

    def __init__(self, wall: Wall, store: Store, *, lock: threading.Lock, on_change: Callable[[], None]) -> None:
        self._wall = wall
        self._store = store
        self._lock = lock
        self._on_change = on_change

    def restore(self) -> None:
        """After a start: link what is stored of the runs that the wall shows. Raises Unavailable."""
        with self._lock:
            shown = list(self._wall.shown_runs())
        for run in shown:
            if any(artifact["name"] == LOG for artifact in self._store.artifacts(run)):
                self.link(run)

    def link(self, run: str) -> None:
        """Its log.html is stored: the wall leads there."""
        with self._lock:
            self._wall.set_log(run, address_of(run, LOG))
        self._on_change()
