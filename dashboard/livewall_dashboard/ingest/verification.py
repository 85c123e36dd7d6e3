"""Looks up whether all of a run is stored, once a process of it has ended."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.history.store import Store
from livewall_dashboard.live import Wall
from livewall_dashboard.live.process import Counts

log = logging.getLogger(__name__)


class Verification:
    """`lock` guards the wall; it is not held while Postgres is asked."""

    def __init__(self, store: Store, wall: Wall, *, lock: threading.Lock, on_change: Callable[[], None]) -> None:
        self._store = store
        self._wall = wall
        self._lock = lock
        self._on_change = on_change

    def look_up(self, run: str) -> None:
        """The wall shows what the history knows of the run."""
        try:
            stored = self._store.run(run)
        except LivewallError as error:  # its events are stored all the same
            log.warning("It ended, but cannot be looked up: %s", error.message, extra={"run": run})
            return
        verification = stored["verification"]
        log.info("All that was sent is stored: %s", verification, extra={"run": run, "setup": stored["setup"]})
        with self._lock:
            counts = Counts(**stored["counts"]) if verification == "partial" else None
            self._wall.set_verification(run, verification, _unstored(stored), stored["missing_failures"], counts)
        self._on_change()


def _unstored(run: Mapping[str, Any]) -> int:
    """Tests that processes of the run which ended counted and the history does not hold."""
    return sum(process["missing"] for process in run["process_list"] if not process["superseded"])
