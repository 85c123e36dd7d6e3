"""Looks up how long announced tests took before, so that the wall can say when a run will end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from livewall_dashboard.base.background import Worker
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.history.store import Store
from livewall_dashboard.live import Wall

log = logging.getLogger(__name__)


class Estimates:
    """`worker` does it. `lock` guards the wall; it is not held while Postgres is asked."""

    def __init__(self, store: Store, wall: Wall, *, lock: threading.Lock, on_change: Callable[[], None]) -> None:
        self._store = store
        self._wall = wall
        self._lock = lock
        self._on_change = on_change
        self.worker: Worker[tuple[str, str]] = Worker("estimates", self._look_up)

    def want(self, run: str, process: str) -> None:
        """A process has announced tests."""
        self.worker.put((run, process))

    def _look_up(self, wanted: tuple[str, str]) -> None:
        run, process = wanted
        with self._lock:
            setup, longnames = self._wall.announced(run, process)
        if not longnames:
            return
        try:
            durations = self._store.expected_durations(setup, longnames)
        except LivewallError as error:  # Postgres is away: this run goes without an estimate
            log.info("No estimate: %s", error.message, extra={"run": run})
            return
        with self._lock:
            self._wall.expect(run, process, longnames, durations)
        self._on_change()
