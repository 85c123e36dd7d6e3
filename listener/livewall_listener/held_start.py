"""When the start of a test is told: at once, or, after a quick test, once it has lasted for a moment itself.

Where tests are over in a moment nobody sees them start, and their ends say all that their starts said. Where tests take
their time each start is told at once: should a library never give back Python's lock, or end the process, it is known
in which test. Of the test after a quick one that is not known, should it do so before it has lasted for a moment: all
that the wall has is that the quick one ended.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, RLock, Thread

from livewall_listener import clock, wire
from livewall_listener.notices import Notices

QUICK = 0.1
"""Seconds within which a test is over before anybody has seen it."""


class HeldStart(Thread):
    """Between the run's own thread, which puts its events in here, and who delivers them."""

    def __init__(self, deliver: Callable[[wire.Event], object], notices: Notices) -> None:
        super().__init__(name="livewall-held-start", daemon=True)
        self._deliver = deliver
        self._notices = notices
        self._held: tuple[wire.StartTest, float] | None = None
        """Not told yet, and since when not."""
        self._was_quick = False
        """The test before."""
        self._lock = RLock()
        """One that the run's thread may take again, should a timeout of Robot Framework's stop it in here."""
        self._over = Event()

    def put(self, event: wire.Event) -> None:
        """What follows a start that is held says that its test is over: nobody needs it any more."""
        if self._was_quick and isinstance(event, wire.StartTest):
            self._held = event, clock.monotonic()
            return
        with self._lock:  # or else it might be told after this
            self._held = None
        if isinstance(event, wire.EndTest):
            self._was_quick = event.elapsed_time < QUICK
        self._deliver(event)

    def stop(self) -> None:
        self._over.set()

    def run(self) -> None:
        try:
            wait = QUICK
            while not self._over.wait(wait):
                wait = self.tell_due()
        except Exception as error:
            self._notices.add("error", f"this listener failed, please report it: {type(error).__name__}: {error}")

    def tell_due(self) -> float:
        """Tell a start that has been held for long enough; -> seconds until there may be one."""
        with self._lock:
            if self._held is None:
                return QUICK
            start, since = self._held
            left = since + QUICK - clock.monotonic()
            if left > 0:
                return left
            self._held = None
            self._deliver(start)
            return QUICK
