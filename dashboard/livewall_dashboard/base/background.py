"""Work beside the requests: every thread that the dashboard starts for itself, and how it is.

A thread of these never ends by an error: it logs it, waits, and goes on. /healthz names those that fail, stand still or
have ended all the same.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from livewall_dashboard.base.complaint import Complaint
from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.base.feature import WatchedThread

T = TypeVar("T")

SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds after a failure; twice as many after each that follows."""
STUCK_AFTER = 60.0
"""Seconds that one piece of work may take."""
JOIN_WITHIN = 5.0

log = logging.getLogger(__name__)


class _Worked:
    """A thread that does a piece of work over and over.

    That Postgres is away is no failure of the work: the recorder speaks of it. `stuck_after`: seconds.
    """

    def __init__(self, name: str, *, stuck_after: float, clock: Callable[[], float]) -> None:
        self.name = name
        self._clock = clock
        self._stuck_after = stuck_after
        self._stopping = threading.Event()
        self._complaint = Complaint(log, clock)
        self._failure = ""
        self._pause = SHORTEST_PAUSE
        self._busy_since: float | None = None
        self._succeeded_at: float | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = JOIN_WITHIN) -> None:
        """Let it end after what it is doing, for which it has `timeout` seconds."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    @property
    def threads(self) -> tuple[WatchedThread, ...]:
        return (self,)

    @property
    def trouble(self) -> str:
        if self._thread.ident is None or self._stopping.is_set():
            return ""
        if not self._thread.is_alive():
            return "it has ended; restart the wall"
        since = self._busy_since
        if since is not None and (seconds := self._clock() - since) > self._stuck_after:
            return f"it has been at the same work for {seconds:.0f} s"
        if self._failure and self._succeeded_at is not None:
            return f"{self._failure}; it last succeeded {self._clock() - self._succeeded_at:.0f} s ago"
        return self._failure

    def _run(self) -> None:
        raise NotImplementedError

    def _try(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Do it once; after a failure, wait."""
        self._busy_since = self._clock()
        try:
            work(*arguments)
        except Unavailable:
            self._busy_since = None
        except Exception as error:
            self._busy_since = None
            self._fail(error)
        else:
            self._busy_since = None
            self._succeeded_at = self._clock()
            self._failure, self._pause = "", SHORTEST_PAUSE
            self._complaint.end(f"{self.name}: works again")

    def _fail(self, error: Exception) -> None:
        self._failure = f"it fails: {type(error).__name__}"
        if not self._complaint.is_open:
            log.error("%s: failed in a way nobody foresaw; it goes on", self.name, exc_info=error)
        self._complaint.say(f"{self.name}: {type(error).__name__}", level=logging.ERROR)
        self._stopping.wait(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)


class Loop(_Worked):
    """Calls `work()` every so many seconds; `wake` it for doing so at once.

    `pause` may be a function, asked after each call. `gather`: seconds after it was woken in which what else comes is
    left to the same call.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Any],
        pause: float | Callable[[], float],
        *,
        gather: float = 0.0,
        stuck_after: float = STUCK_AFTER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(name, stuck_after=stuck_after, clock=clock)
        self._work = work
        self._gather = gather
        self._seconds = pause if callable(pause) else lambda: pause
        self._woken = threading.Event()

    def wake(self) -> None:
        if not self._woken.is_set():
            self._woken.set()

    def stop(self, timeout: float = JOIN_WITHIN) -> None:
        self._stopping.set()
        self._woken.set()
        super().stop(timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._woken.wait(self._seconds()) and self._gather:
                self._stopping.wait(self._gather)
            self._woken.clear()
            if not self._stopping.is_set():
                self._try(self._work)


class Worker(_Worked, Generic[T]):
    """Calls `work(item)` for each item that is `put`, in order; beyond `most` waiting ones, items are dropped."""

    def __init__(
        self,
        name: str,
        work: Callable[[T], Any],
        *,
        most: int = 1000,
        stuck_after: float = STUCK_AFTER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(name, stuck_after=stuck_after, clock=clock)
        self._work = work
        self._items: queue.Queue[T | None] = queue.Queue(most)
        self.dropped = 0
        """Items that found no room."""

    def put(self, item: T) -> None:
        """Never waits."""
        try:
            self._items.put_nowait(item)
        except queue.Full:
            self.dropped += 1

    def stop(self, timeout: float = JOIN_WITHIN) -> None:
        self._stopping.set()
        try:
            self._items.put_nowait(None)
        except queue.Full:
            pass  # it sees that it is to stop after the next item
        super().stop(timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            item = self._items.get()
            if item is not None:
                self._try(self._work, item)
