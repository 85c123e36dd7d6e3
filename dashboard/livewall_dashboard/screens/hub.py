"""Who watches the wall: the screens that are connected over Socket.IO, and what each of them is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_socketio import SocketIO

from livewall_dashboard.screens.audience import Audience, Permit, caller

NAMESPACE = "/wall"
MOST_BEHIND = 100
"""Frames that wait for a screen that does not read them, half a second's at least; after that it gets none until it has
read on.
"""
CAUGHT_UP = 10
"""Frames that may wait for a screen which is sent a snapshot."""

Message = dict[str, Any]


class Hub:
    """`admit()` as an `Audience` asks it. `on_frame()` counts."""

    def __init__(self, socketio: SocketIO, *, admit: Callable[[], Permit], on_frame: Callable[[], None]) -> None:
        self._socketio = socketio
        self._audience = Audience(socketio, NAMESPACE, admit=admit)
        self._on_frame = on_frame
        self.dropped_frames = 0
        """Frames that were not sent to a screen because it does not read; the gap makes it ask for a snapshot."""

    def open(self, greet: Callable[[Callable[[Message], None]], None]) -> None:
        """From now on screens are let in. `greet(send)` sends one the snapshot by `send`."""

        def send_snapshot(screen: str, _said: object = None) -> None:
            greet(lambda snapshot: self._socketio.emit("snapshot", snapshot, namespace=NAMESPACE, to=screen))

        self._audience.open(send_snapshot)

        @self._socketio.on("snapshot", namespace=NAMESPACE)
        def snapshot(*_: object) -> None:
            if self._audience.waiting_for(caller()) <= CAUGHT_UP:  # else it asks again
                send_snapshot(caller())

    @property
    def connected(self) -> int:
        """How many screens watch."""
        return len(self._audience)

    def send_frame(self, frame: Message) -> None:
        """To all but those that do not read."""
        behind = [screen for screen in self._audience.screens if self._audience.waiting_for(screen) >= MOST_BEHIND]
        self.dropped_frames += len(behind)
        self._socketio.emit("delta", frame, namespace=NAMESPACE, skip_sid=behind)
        self._on_frame()

    def send_probe(self, message: Message) -> None:
        self._socketio.emit("probe", message, namespace=NAMESPACE)

    def disconnect_expired(self) -> None:
        self._audience.disconnect_expired()
