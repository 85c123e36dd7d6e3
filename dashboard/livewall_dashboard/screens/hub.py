"""Who watches: the screens that are connected over Socket.IO, and what each of them is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO

from livewall_dashboard.base.errors import LivewallError

NAMESPACE = "/wall"
MOST_BEHIND = 50
"""Frames that wait for a screen that does not read them; after that it gets none until it has read on."""
CAUGHT_UP = 5
"""Frames that may wait for a screen which is sent a snapshot."""

Message = dict[str, Any]
Permit = Callable[[], bool]
"""Whether a screen may go on looking."""


class Hub:
    """`admit()` is asked at each handshake, within its request; it raises a LivewallError. `on_frame()` counts.

    Of this process alone: a screen that connects to another one is not among these.
    """

    def __init__(self, socketio: SocketIO, *, admit: Callable[[], Permit], on_frame: Callable[[], None]) -> None:
        self._socketio = socketio
        self._admit = admit
        self._on_frame = on_frame
        self._permits: dict[str, Permit] = {}
        """By the screens' session ids."""
        self.dropped_frames = 0
        """Frames that were not sent to a screen because it does not read; the gap makes it ask for a snapshot."""

    def open(self, greet: Callable[[Callable[[Message], None]], None]) -> None:
        """From now on screens are let in. `greet(send)` sends one the snapshot by `send`."""

        def send_snapshot(screen: str) -> None:
            greet(lambda snapshot: self._socketio.emit("snapshot", snapshot, namespace=NAMESPACE, to=screen))

        @self._socketio.on("connect", namespace=NAMESPACE)
        def connect(*_: object) -> None:
            try:
                permit = self._admit()
            except LivewallError as error:
                raise Refused(error.message, {"code": error.code, "message": error.message}) from None
            send_snapshot(_caller())
            self._permits[_caller()] = permit

        @self._socketio.on("snapshot", namespace=NAMESPACE)
        def snapshot(*_: object) -> None:
            if self._waiting_for(_caller()) <= CAUGHT_UP:  # else it asks again
                send_snapshot(_caller())

        @self._socketio.on("disconnect", namespace=NAMESPACE)
        def disconnect(*_: object) -> None:
            self._permits.pop(_caller(), None)

    @property
    def connected(self) -> int:
        """How many screens watch."""
        return len(self._permits)

    def send_frame(self, frame: Message) -> None:
        """To all but those that do not read."""
        behind = [screen for screen in list(self._permits) if self._waiting_for(screen) >= MOST_BEHIND]
        self.dropped_frames += len(behind)
        self._socketio.emit("delta", frame, namespace=NAMESPACE, skip_sid=behind)
        self._on_frame()

    def send_probe(self, message: Message) -> None:
        self._socketio.emit("probe", message, namespace=NAMESPACE)

    def disconnect_expired(self) -> None:
        """The screens that may not look any more: signed out, or with a token that was revoked or has expired."""
        for screen, may_look in list(self._permits.items()):
            if not may_look():
                self._permits.pop(screen, None)
                self._socketio.server.disconnect(screen, NAMESPACE)

    def _waiting_for(self, screen: str) -> int:
        """Frames that the screen has not taken yet."""
        server = self._socketio.server
        connection = server.eio.sockets.get(server.manager.eio_sid_from_sid(screen, NAMESPACE))
        return connection.queue.qsize() if connection is not None else 0


def _caller() -> str:
    """The screen whose event is handled."""
    screen: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
    return screen
