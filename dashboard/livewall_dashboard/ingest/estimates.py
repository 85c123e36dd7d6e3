"""Looks up how long announced tests took before, so that the wall can say when a run will end."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.history.store import Store
from livewall_dashboard.live import Wall

log = logging.getLogger(__name__)


class Estimates:
    """One background thread. `lock` guards the wall; it is not held while Postgres is asked."""

    def __init__(self, store: Store, wall: Wall, *, lock: threading.Lock, on_change: Callable[[], None]) -> None:
        self._store = store
        self._wall = wall
        self._lock = lock
        self._on_change = on_change
        self._wanted: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="estimates", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._wanted.put(None)
        self._thread.join(timeout=5)

    def want(self, run: str, process: str) -> None:
        """A process has announced tests."""
        self._wanted.put((run, process))

    def _run(self) -> None:
        while (wanted := self._wanted.get()) is not None:
            try:
                self._look_up(*wanted)
            except LivewallError as error:  # Postgres is away: this run goes without an estimate
                log.warning("No estimate: %s", error.message, extra={"run": wanted[0]})

    def _look_up(self, run: str, process: str) -> None:
        with self._lock:
            setup, longnames = self._wall.announced(run, process)
        if not longnames:
            return
        durations = self._store.expected_durations(setup, longnames)
        with self._lock:
            self._wall.expect(run, process, longnames, durations)
        self._on_change()
