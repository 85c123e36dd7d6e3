"""Who waits for which event to be stored."""

from __future__ import annotations

import threading

from livewall_dashboard.history.recording.model import ProcessKey


class Waiter:
    """One request that waits. It is woken once; a lock does for that, where an event of threading's has several."""

    def __init__(self) -> None:
        self._asleep = threading.Lock()
        self._asleep.acquire()
        self.is_woken = False

    def wait(self, timeout: float) -> None:
        """Until it is woken, at most so many seconds."""
        self._asleep.acquire(timeout=timeout)

    def wake(self) -> None:
        self.is_woken = True
        self._asleep.release()


class Waiters:
    """Wakes those, and only those, whose event has come: a commit concerns few of many nodes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[ProcessKey, list[tuple[int, Waiter]]] = {}

    def add(self, key: ProcessKey, seq: int) -> Waiter:
        """Woken once `seq` is stored, or in vain."""
        waiter = Waiter()
        with self._lock:
            self._waiting.setdefault(key, []).append((seq, waiter))
        return waiter

    def remove(self, key: ProcessKey, waiter: Waiter) -> None:
        """One that has been woken is gone already."""
        if waiter.is_woken:
            return
        with self._lock:
            self._keep(key, [other for other in self._waiting.get(key, []) if other[1] is not waiter])

    def wake(self, key: ProcessKey, stored: int) -> None:
        """Wake those who wait for an event up to `stored`."""
        with self._lock:
            waiting = self._waiting.get(key, [])
            self._keep(key, [waiter for waiter in waiting if waiter[0] > stored])
            woken = [waiter for seq, waiter in waiting if seq <= stored]
        for waiter in woken:
            waiter.wake()

    def wake_process(self, key: ProcessKey) -> None:
        with self._lock:
            waiting = self._waiting.pop(key, [])
        for _, waiter in waiting:
            waiter.wake()

    def wake_all(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for waiters in waiting.values():
            for _, waiter in waiters:
                waiter.wake()

    def _keep(self, key: ProcessKey, waiters: list[tuple[int, Waiter]]) -> None:
        if waiters:
            self._waiting[key] = waiters
        else:
            self._waiting.pop(key, None)
