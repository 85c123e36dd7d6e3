"""Reads the commits of one repository, over and over, and at once where somebody waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.complaint import Complaint
from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.history.commits.commit_mirror import LONG
from livewall_dashboard.history.commits.commit_source import CommitSource
from livewall_dashboard.history.commits.sync_program import Outcome

SOONEST = 2.0
"""Seconds between the beginnings of two readings, however many wait."""

log = logging.getLogger(__name__)


class CommitFetcher:
    """`read(source)` does it. `name`: what the wall calls the repository, once it has read it."""

    def __init__(self, source: CommitSource, read: Callable[[CommitSource], Outcome]) -> None:
        self.source = source
        self.name = source.name
        self.trouble = ""
        self._read = read
        self._complaint = Complaint(log)
        self._turns = threading.Condition()
        self._begun = self._ended = 0
        self._is_stopped = False
        self._looked_at = float("-inf")
        self.loop = Loop(f"commits of {source.name}", self._turn, self._pause, stuck_after=LONG + 60.0)

    def fetch(self, patience: float) -> bool:
        """Whether a reading that begins now has ended within `patience` seconds, well or not."""
        with self._turns:
            wanted = self._begun + 1
        self.loop.wake()
        with self._turns:
            self._turns.wait_for(lambda: self._ended >= wanted or self._is_stopped, patience)
            return self._ended >= wanted

    def stop(self, timeout: float = 0.0) -> None:
        """Whoever waits is told at once. What is being read is done to its end, or for `timeout` seconds."""
        with self._turns:
            self._is_stopped = True
            self._turns.notify_all()
        self.loop.stop(timeout)

    def _pause(self) -> float:
        if self._looked_at == float("-inf"):
            return 0.0
        return max(0.05, self._looked_at + self.source.fetch_every - time.monotonic())

    def _turn(self) -> None:
        time.sleep(max(0.0, min(SOONEST, self._looked_at + SOONEST - time.monotonic())))
        self._looked_at = time.monotonic()
        with self._turns:
            self._begun += 1
        try:
            self._look()
        finally:
            with self._turns:
                self._ended = self._begun
                self._turns.notify_all()

    def _look(self) -> None:
        try:
            self.name = self._read(self.source).repository
        except Misconfigured as error:
            self.trouble = error.message
            self._complaint.say(f"Commits of {self.source.name}: {error.message}")
        else:
            self.trouble = ""
            self._complaint.end(f"Commits of {self.source.name} are read again")
