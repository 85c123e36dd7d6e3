"""`livewall forget` is a program of its own: this looks which setups it has taken off the wall."""

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


class ForgottenSetups:
    """One background thread. `forget` gets the names, and when each was forgotten."""

    def __init__(self, store: Store, forget: Callable[[dict[str, datetime]], None]) -> None:
        self._store = store
        self._forget = forget
        self._seen: dict[str, datetime] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forgotten setups", daemon=True)

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
                log.exception("Looking for forgotten setups failed; the next look comes in %g s", LOOK_EACH)

    def look(self) -> None:
        """Raises Unavailable."""
        forgotten = self._store.recently_forgotten()
        new = {name: at for name, at in forgotten.items() if self._seen.get(name) != at}
        if new:
            self._forget(new)
        self._seen = forgotten
