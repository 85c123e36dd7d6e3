"""Tells open pages that something they show has changed. What it is now, they ask the API for.

So a page shows what its reader may see, by its own filters, and a message that is lost or late does no harm.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask_socketio import SocketIO

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.screens.audience import Audience, Permit, caller

NAMESPACE = "/changes"
TICK = 0.1
"""Seconds between two messages to a page at least: what changes in between is told at once."""
HEARTBEAT = 5.0
"""Seconds without change after which an empty message says that the server is alive."""
MOST_TOPICS = 30
LONGEST_TOPIC = 200
CAUGHT_UP = 5
"""Messages that may wait for a page; one that does not read them is told of all later changes once it does."""


@dataclass(slots=True)
class _Page:
    topics: frozenset[str]
    news: set[str] = field(default_factory=set)
    """Topics of which it has not been told."""


class Changes:
    """`admit()` as an `Audience` asks it. A topic is a text that a feature and its pages agree upon, such as "jobs".

    Of this process alone: what another one changes on the same database is not told.
    """

    def __init__(self, socketio: SocketIO, *, admit: Callable[[], Permit], clock: Callable[[], datetime]) -> None:
        self._socketio = socketio
        self._audience = Audience(socketio, NAMESPACE, admit=admit)
        self._clock = clock
        self._lock = threading.Lock()
        self._pages: dict[str, _Page] = {}
        self._heartbeat_at = 0.0
        self.loop = Loop("changes of pages", self._send, HEARTBEAT)

    def open(self) -> None:
        """From now on pages are let in."""
        self._audience.open(self._greet, self._forget)

        @self._socketio.on("topics", namespace=NAMESPACE)
        def topics(said: object = None, *_: object) -> None:
            self._show_other(caller(), said)

    @property
    def connected(self) -> int:
        """How many pages are open."""
        return len(self._audience)

    def note(self, *topics: str) -> None:
        """Of each of these something has changed, and is to be read by now."""
        with self._lock:
            told = [page for page in self._pages.values() if not page.topics.isdisjoint(topics)]
            for page in told:
                page.news |= page.topics.intersection(topics)
        if told:
            self.loop.wake()

    def disconnect_expired(self) -> None:
        self._audience.disconnect_expired()

    def _greet(self, screen: str, said: object) -> None:
        """All of its topics are news for it."""
        topics = _topics_of(said)
        with self._lock:
            self._pages[screen] = _Page(topics, set(topics))
        self.loop.wake()

    def _show_other(self, screen: str, said: object) -> None:
        """Its page shows something else by now; what it has not shown before is news for it."""
        try:
            topics = _topics_of(said)
        except BadRequest:
            return  # no page of ours says that, and nobody waits for an answer
        with self._lock:
            page = self._pages.get(screen)
            if page is None:
                return
            page.news = (page.news | topics - page.topics) & topics
            page.topics = topics
        self.loop.wake()

    def _forget(self, screen: str) -> None:
        with self._lock:
            self._pages.pop(screen, None)

    def _send(self) -> None:
        is_beat = time.monotonic() - self._heartbeat_at >= HEARTBEAT
        if is_beat:
            self._heartbeat_at = time.monotonic()
        with self._lock:
            pages = [(screen, page) for screen, page in self._pages.items() if page.news or is_beat]
        for screen, page in pages:
            if self._audience.waiting_for(screen) <= CAUGHT_UP:
                self._tell(screen, page)
        time.sleep(TICK)

    def _tell(self, screen: str, page: _Page) -> None:
        with self._lock:
            news, page.news = page.news, set()
        told = {"topics": sorted(news), "server_time": self._clock().isoformat()}
        self._socketio.emit("changed", told, namespace=NAMESPACE, to=screen)


def _topics_of(said: object) -> frozenset[str]:
    """Raises BadRequest."""
    topics = said.get("topics") if isinstance(said, dict) else None
    if not isinstance(topics, list) or not 0 < len(topics) <= MOST_TOPICS:
        raise BadRequest(f"topics is a list of at most {MOST_TOPICS} texts.")
    if not all(isinstance(topic, str) and len(topic) <= LONGEST_TOPIC for topic in topics):
        raise BadRequest(f"A topic is a text of at most {LONGEST_TOPIC} characters.")
    return frozenset(topics)
