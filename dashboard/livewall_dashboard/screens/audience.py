"""Who is connected to a namespace of Socket.IO: let in, counted, and sent away once they may not look any more."""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO

from livewall_dashboard.base.errors import LivewallError

Permit = Callable[[], bool]
"""Whether a screen may go on looking."""


class Audience:
    """`admit()` is asked at each handshake, within its request; it raises a LivewallError.

    Of this process alone: a screen that connects to another one is not among these.
    """

    def __init__(self, socketio: SocketIO, namespace: str, *, admit: Callable[[], Permit]) -> None:
        self._socketio = socketio
        self._namespace = namespace
        self._admit = admit
        self._permits: dict[str, Permit] = {}
        """By the screens' session ids."""

    def open(self, greet: Callable[[str, object], None], on_leave: Callable[[str], object] = lambda _: None) -> None:
        """From now on screens are let in. `greet(screen, said)` welcomes one that said so as it came, or refuses it."""

        @self._socketio.on("connect", namespace=self._namespace)
        def connect(said: object = None) -> None:
            try:
                permit = self._admit()
                greet(caller(), said)
            except LivewallError as error:
                raise Refused(error.message, {"code": error.code, "message": error.message}) from None
            self._permits[caller()] = permit

        @self._socketio.on("disconnect", namespace=self._namespace)
        def disconnect(*_: object) -> None:
            self._permits.pop(caller(), None)
            on_leave(caller())

    def __len__(self) -> int:
        return len(self._permits)

    @property
    def screens(self) -> list[str]:
        return list(self._permits)

    def disconnect_expired(self) -> None:
        """The screens that may not look any more: signed out, or with a token that was revoked or has expired."""
        for screen, may_look in list(self._permits.items()):
            if not may_look():
                self._permits.pop(screen, None)
                self._socketio.server.disconnect(screen, self._namespace)

    def waiting_for(self, screen: str) -> int:
        """Messages that the screen has not taken yet."""
        server = self._socketio.server
        connection = server.eio.sockets.get(server.manager.eio_sid_from_sid(screen, self._namespace))
        return connection.queue.qsize() if connection is not None else 0


def caller() -> str:
    """The screen whose event is handled."""
    screen: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
    return screen
