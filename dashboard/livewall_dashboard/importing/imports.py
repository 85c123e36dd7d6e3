"""`livewall import` is a program of its own: this looks whether it has completed runs that the wall shows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.history.store import Store

LOOK_EACH = 5.0
"""Seconds."""

log = logging.getLogger(__name__)


class Imports:
    """One background thread. `take_over` gets the keys of the runs that were completed."""

    def __init__(self, store: Store, take_over: Callable[[set[str]], None]) -> None:
        self._store = store
        self._take_over = take_over
        self._seen: set[tuple[str, datetime]] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="imports", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EACH):
            try:
                self.look()
            except LivewallError:
                continue  # Postgres is away, which others say
            except Exception:
                log.exception("Looking for imported runs failed; the next look comes in %g s", LOOK_EACH)

    def look(self) -> None:
        """Raises Unavailable."""
        imported = self._store.recent_imports()
        new = {run for run, at in imported if (run, at) not in self._seen}
        if new:
            self._take_over(new)
        self._seen = set(imported)
