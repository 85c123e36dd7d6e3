"""What the screens see: changed setups -> numbered frames, and a snapshot for whoever connects or lost count."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from livewall_dashboard.base.background import Loop
from livewall_dashboard.live import PROBE_SETUP, Wall

TICK = 0.005
"""Seconds between two frames at least: changes that come in between travel together."""
BUSY_SHARE = 3
"""A frame that took t seconds to make and send is followed by a pause of at least t times this."""
HEARTBEAT = 5.0
"""Seconds without change after which an empty frame says that the server is alive."""

Message = dict[str, Any]


class Screens(Protocol):
    """Where frames go: the hub. Called by one thread at a time."""

    @property
    def connected(self) -> int: ...

    def send_frame(self, frame: Message) -> None: ...

    def send_probe(self, message: Message) -> None: ...


class Publisher:
    """`lock` guards the wall. `loop` makes the frames: none while nobody watches."""

    def __init__(
        self,
        wall: Wall,
        screens: Screens,
        *,
        lock: threading.Lock,
        clock: Callable[[], datetime],
        version: str,
        release: Mapping[str, str] | None = None,
    ) -> None:
        self._wall = wall
        self._screens = screens
        self._lock = lock
        self._clock = clock
        self._version = version
        self._release = release
        self._sending = threading.Lock()
        self._seq = 0
        self._shown: dict[str, Message] = {}
        self._queue: Mapping[str, int] | None = None
        self._queue_sent: Mapping[str, int] | None = None
        self._notices: list[Mapping[str, str]] = []
        self._notices_sent = self._notices
        self.loop = Loop("broadcast", self._send_frame, HEARTBEAT)

    def wake(self) -> None:
        """The wall has changed."""
        self.loop.wake()

    def set_notices(self, notices: Sequence[Mapping[str, str]]) -> None:
        """What all screens must know from now on, and nothing else: `{"kind", "text", "since"}` each."""
        self._notices = list(notices)
        self.wake()

    def set_queue(self, queue: Mapping[str, int] | None) -> None:
        """How many jobs wait and are at work: `{"waiting", "at_work"}`; None: there is no queue to speak of."""
        if queue != self._queue:
            self._queue = queue
            self.wake()

    def snapshot(self) -> Message:
        """All setups as the screens have them, with the number of the frame that brought them there."""
        with self._sending:
            self._send_changes()
            return self._snapshot()

    def greet(self, send: Callable[[Message], None]) -> None:
        """Have a screen sent a snapshot by `send`; no frame passes it on its way."""
        with self._sending:
            if not self._screens.connected:
                self._send_changes()  # while nobody watched, nobody brought the picture up to date
            send(self._snapshot())

    def _send_frame(self) -> None:
        """One frame, and the pause after it. Where it fails, the screens ask for a snapshot."""
        began = time.monotonic()
        with self._sending:
            if self._screens.connected:
                self._send_changes(heartbeat=True)
        took = time.monotonic() - began
        time.sleep(max(TICK - took, took * BUSY_SHARE))

    def _send_changes(self, *, heartbeat: bool = False) -> None:
        changes = self._take_changes()
        notices, queue = self._notices, self._queue
        news: Message = {} if notices == self._notices_sent else {"notices": notices}
        if queue != self._queue_sent:
            news["queue"] = queue
        if not changes and not news and not heartbeat:
            return
        self._seq += 1
        self._notices_sent, self._queue_sent = notices, queue
        if self._screens.connected:
            self._screens.send_frame({"seq": self._seq, "server_time": self._time(), "changes": changes, **news})

    def _take_changes(self) -> list[Message]:
        """How the setups differ from what was shown last, which is what they are now."""
        with self._lock:
            tiles, gone = self._wall.take_changes()
        changes: list[Message] = [{"setup": name, "gone": True} for name in gone if self._shown.pop(name, None)]
        for tile in tiles:
            if tile["setup"] == PROBE_SETUP:
                # What `livewall probe` sent comes back to it the way frames go; no wall shows it.
                self._screens.send_probe({"server_time": self._time(), "tile": tile})
                continue
            change = _difference(self._shown.get(tile["setup"]), tile)
            if len(change) > 1:
                self._shown[tile["setup"]] = tile
                changes.append(change)
        return changes

    def _snapshot(self) -> Message:
        setups = sorted(self._shown.values(), key=lambda tile: (tile["order"], tile["setup"]))
        return {
            "seq": self._seq,
            "server_time": self._time(),
            "version": self._version,
            "release": self._release,
            "notices": self._notices_sent,
            "queue": self._queue_sent,
            "setups": setups,
        }

    def _time(self) -> str:
        return self._clock().isoformat()


def _difference(before: Message | None, after: Message) -> Message:
    """The members of a tile that changed, and its name."""
    if before is None:
        return after
    return {
        "setup": after["setup"],
        **{name: value for name, value in after.items() if before.get(name) != value},
    }
