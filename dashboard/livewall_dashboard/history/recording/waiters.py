"""Who waits for which event to be stored."""

from __future__ import annotations

import threading

from livewall_dashboard.history.recording.model import ProcessKey


class Waiters:
    """Wakes those, and only those, whose event has come: a commit concerns few of many nodes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[ProcessKey, list[tuple[int, threading.Event]]] = {}

    def add(self, key: ProcessKey, seq: int) -> threading.Event:
        """An event that is set once `seq` is stored, or in vain."""
        event = threading.Event()
        with self._lock:
            self._waiting.setdefault(key, []).append((seq, event))
        return event

    def remove(self, key: ProcessKey, event: threading.Event) -> None:
        with self._lock:
            self._keep(key, [waiter for waiter in self._waiting.get(key, []) if waiter[1] is not event])

    def wake(self, key: ProcessKey, stored: int) -> None:
        """Wake those who wait for an event up to `stored`."""
        with self._lock:
            waiting = self._waiting.get(key, [])
            self._keep(key, [waiter for waiter in waiting if waiter[0] > stored])
            woken = [event for seq, event in waiting if seq <= stored]
        for event in woken:
            event.set()

    def wake_process(self, key: ProcessKey) -> None:
        with self._lock:
            waiting = self._waiting.pop(key, [])
        for _, event in waiting:
            event.set()

    def wake_all(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for waiters in waiting.values():
            for _, event in waiters:
                event.set()

    def _keep(self, key: ProcessKey, waiters: list[tuple[int, threading.Event]]) -> None:
        if waiters:
            self._waiting[key] = waiters
        else:
            self._waiting.pop(key, None)
