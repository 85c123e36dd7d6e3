"""Tells the wall of runs that were stored whole; their senders do not wait for that."""

from __future__ import annotations

import threading
from collections.abc import Callable

from livewall_dashboard.base.background import Loop

GATHER = 0.1
"""Seconds for which what is stored meanwhile is told together: the wall looks for the last run of every setup."""
LOOK_EACH = 5.0
"""Seconds after which it is tried again where it could not be told."""


class StoredRuns:
    """`tell` gets their keys, those together that came in the meantime, and once more where it raises something."""

    def __init__(self, tell: Callable[[set[str]], object]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._waiting: set[str] = set()
        self.loop = Loop("runs that were stored whole", self._work, LOOK_EACH, gather=GATHER)

    def note(self, run: str) -> None:
        """Never waits for what is told."""
        with self._lock:
            self._waiting.add(run)
        self.loop.wake()

    def _work(self) -> None:
        with self._lock:
            runs, self._waiting = self._waiting, set()
        try:
            if runs:
                self._tell(runs)
        except BaseException:
            with self._lock:
                self._waiting |= runs
            raise
