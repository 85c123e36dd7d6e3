"""Warnings for the user, each said once, and said by Robot Framework's main thread."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable


class Notices:
    """Robot Framework ignores what other threads log: they leave their words here, and the next event says them."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.process = os.getpid()
        """Whose they are: a child that was forked has none of its own."""
        self._say = say
        self._said: set[str] = set()
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque()

    def add(self, topic: str, text: str) -> None:
        """From any thread; of each topic only the first word is kept."""
        with self._lock:
            if topic in self._said:
                return
            self._said.add(topic)
        self._keep(topic, text)

    def has(self, topic: str) -> bool:
        return topic in self._said

    def _keep(self, topic: str, text: str) -> None:
        self._waiting.append(text)

    def tell(self) -> None:
        """From the main thread."""
        while self._waiting:
            self._say(f"livewall: {self._waiting.popleft()}")


def counted(count: int, noun: str) -> str:
    """1 event, 2 events."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
