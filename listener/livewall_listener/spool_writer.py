"""One background thread that writes what the listener hands over, as JSON, into the spool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Thread

from livewall_listener import clock, encode, wire
from livewall_listener.notices import Notices
from livewall_listener.spool_file import SpoolFile

GATHER = 0.02
"""Seconds in which events gather after some were spooled, so that the run's own thread is seldom disturbed."""
GATHER_MANY = 0.1
"""The same after `MANY` events at once."""
MANY = 10
SYNC_INTERVAL = 1.0
_MOST = 1000
_SHORT = 300
"""Characters of a message that are kept when room is scarce."""
_SLIM_AT = 0.5
"""Pressure on the spool from which on detail is dropped."""
_LOST = "the node's disk and memory for events were full"


class SpoolWriter(Thread):
    """`on_spooled` is called after each batch; the thread ends when `finish` was called and all is spooled.

    `gathers`: events gather here for a moment; who hands over what has gathered elsewhere needs no second one.
    """

    def __init__(
        self, spool: SpoolFile, on_spooled: Callable[[], None], notices: Notices, *, gathers: bool = True
    ) -> None:
        super().__init__(name="livewall-spool-writer", daemon=True)
        self._queue: SimpleQueue[wire.Event | bytes | None] = SimpleQueue()
        self.put = self._queue.put
        """Hand over an event, or the JSON of one: one atomic operation."""
        self.stored = 0
        """Events that were handed over and are in the spool, or lost."""
        self._spool = spool
        self._on_spooled = on_spooled
        self._notices = notices
        self._gathers = gathers
        self._lost = 0
        self._sync_at = 0.0

    @property
    def waiting(self) -> int:
        """Events handed over and not spooled yet; 0 once `finish` said so."""
        return self._queue.qsize() if self.is_alive() else 0

    def finish(self, timeout: float) -> bool:
        """-> whether everything handed over is in the spool."""
        self._queue.put(None)
        self.join(max(0.0, timeout))
        return not self.is_alive()

    def run(self) -> None:
        more = True
        while more:
            events, more = self._gather()
            try:
                self._store(events)
            except Exception as error:
                self._lost += len(events)
                self._notices.add("error", f"spooling failed, please report it: {type(error).__name__}: {error}")
            self.stored += len(events)
            self._on_spooled()
            self._sync()
            if more and events and self._gathers:
                clock.sleep(GATHER_MANY if len(events) >= MANY else GATHER)

    def _gather(self) -> tuple[list[wire.Event | bytes], bool]:
        """What has been handed over, at least one event; False when no more will come."""
        events: list[wire.Event | bytes] = []
        try:
            item = self._queue.get(timeout=SYNC_INTERVAL)
            while item is not None:
                events.append(item)
                if len(events) >= _MOST:
                    return events, True
                item = self._queue.get_nowait()
        except Empty:
            return events, True
        return events, False

    def _store(self, events: list[wire.Event | bytes]) -> None:
        if self._spool.pressure < _SLIM_AT and not self._lost:
            records = [event if isinstance(event, bytes) else encode.event(event) for event in events]
            # Whole events that came together must not take the room that is left for the ends of others.
            if self._spool.pressure_with(sum(map(len, records))) < _SLIM_AT:
                events = events[self._spool.append(records) :]
        for event in events:
            self._squeeze(encode.decode_event(event) if isinstance(event, bytes) else event)

    def _squeeze(self, event: wire.Event) -> None:
        """Room is scarce: detail goes first, then everything but the end; what is lost is counted and reported."""
        kept = event if self._spool.pressure < _SLIM_AT else slim(event)
        if kept is not event:
            self._lost += 1
        if kept is None:
            return
        lost = [encode.event(wire.Lost(self._lost, _LOST))] if self._lost else []
        taken = self._spool.append([*lost, encode.event(kept)])
        if taken and lost:
            self._lost = 0
        if taken <= len(lost):
            self._lost += 1

    def _sync(self) -> None:
        if clock.monotonic() >= self._sync_at:
            self._spool.sync()
            self._sync_at = clock.monotonic() + SYNC_INTERVAL


def slim(event: wire.Event) -> wire.Event | None:
    """The event without its detail, or None for one that others make up for."""
    if isinstance(event, (wire.Plan, wire.StartTest)):
        return None
    if isinstance(event, wire.StartSuite):
        return replace(event, doc="", metadata={})
    if isinstance(event, (wire.EndTest, wire.EndSuite, wire.CorrectTest, wire.CorrectSuite)):
        return event if len(event.message) <= _SHORT else replace(event, message=event.message[:_SHORT])
    return event
