"""Changed setups -> numbered Socket.IO frames; a snapshot for whoever connects or lost count."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.live import PROBE_SETUP, Wall

NAMESPACE = "/wall"
TICK = 0.04
"""Seconds between two frames at least: changes that come in between travel together."""
BUSY_SHARE = 1
"""A frame that took t seconds to make and send is followed by a pause of at least t times this."""
HEARTBEAT = 5.0
"""Seconds without change after which an empty frame says that the server is alive."""
MOST_BEHIND = 50
"""Frames that wait for a screen that does not read them; after that it gets none until it has read on."""
CAUGHT_UP = 5
"""Frames that may wait for a screen which is sent a snapshot."""

Permit = Callable[[], bool]
"""Whether a screen may go on looking."""


class Broadcast:
    """`lock` guards the wall. `admit()` is asked at each handshake, within its request; it raises a LivewallError."""

    def __init__(
        self,
        socketio: SocketIO,
        wall: Wall,
        *,
        lock: threading.Lock,
        clock: Callable[[], datetime],
        version: str,
        admit: Callable[[], Permit],
        on_frame: Callable[[], None],
        release: Mapping[str, str] | None = None,
    ) -> None:
        self._socketio = socketio
        self._wall = wall
        self._lock = lock
        self._clock = clock
        self._version = version
        self._release = release
        self._on_frame = on_frame
        self._sending = threading.Lock()
        self._seq = 0
        self._shown: dict[str, dict[str, Any]] = {}
        self._notices: list[Mapping[str, str]] = []
        self._notices_sent = self._notices
        self._screens: dict[str, Permit] = {}
        self.dropped_frames = 0
        """Frames that were not sent to a screen because it does not read; the gap makes it ask for a snapshot."""
        self.loop = Loop("broadcast", self._send_frame, HEARTBEAT)

        @socketio.on("connect", namespace=NAMESPACE)
        def connect(*_: object) -> None:
            try:
                permit = admit()
            except LivewallError as error:
                raise Refused(error.message, {"code": error.code, "message": error.message}) from None
            self._send_snapshot(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO adds it
            self._screens[request.sid] = permit  # type: ignore[attr-defined]

        @socketio.on("snapshot", namespace=NAMESPACE)
        def snapshot(*_: object) -> None:
            if self._waiting_for(request.sid) <= CAUGHT_UP:  # type: ignore[attr-defined]  # else it asks again
                self._send_snapshot(request.sid)  # type: ignore[attr-defined]

        @socketio.on("disconnect", namespace=NAMESPACE)
        def disconnect(*_: object) -> None:
            self._screens.pop(request.sid, None)  # type: ignore[attr-defined]

    @property
    def screens(self) -> int:
        return len(self._screens)

    def wake(self) -> None:
        """The wall has changed."""
        self.loop.wake()

    def send_away(self) -> None:
        """The screens that may not look any more: signed out, or with a token that was revoked or has expired."""
        for screen, may_look in list(self._screens.items()):
            if not may_look():
                self._screens.pop(screen, None)
                self._socketio.server.disconnect(screen, NAMESPACE)

    def set_notices(self, notices: Sequence[Mapping[str, str]]) -> None:
        """What all screens must know from now on, and nothing else: `{"kind", "text", "since"}` each."""
        self._notices = list(notices)
        self.wake()

    def snapshot(self) -> dict[str, Any]:
        """All setups as the screens have them, with the number of the frame that brought them there."""
        with self._sending:
            self._send_changes()
            return self._snapshot()

    def _send_frame(self) -> None:
        """One frame, and the pause after it. Where it fails, the screens ask for a snapshot."""
        began = time.monotonic()
        with self._sending:
            if self._screens:
                self._send_changes(heartbeat=True)
        took = time.monotonic() - began
        time.sleep(max(TICK - took, took * BUSY_SHARE))

    def _send_changes(self, *, heartbeat: bool = False) -> None:
        with self._lock:
            tiles, gone = self._wall.take_changes()
        changes: list[dict[str, Any]] = [{"setup": name, "gone": True} for name in gone if self._shown.pop(name, None)]
        for tile in tiles:
            if tile["setup"] == PROBE_SETUP:
                self._send_probe(tile)
                continue
            change = _difference(self._shown.get(tile["setup"]), tile)
            if len(change) > 1:
                self._shown[tile["setup"]] = tile
                changes.append(change)
        notices = self._notices
        news = {} if notices == self._notices_sent else {"notices": notices}
        if not changes and not news and not heartbeat:
            return
        self._seq += 1
        self._notices_sent = notices
        if self._screens:
            frame = {"seq": self._seq, "server_time": self._clock().isoformat(), "changes": changes, **news}
            behind = [screen for screen in list(self._screens) if self._waiting_for(screen) >= MOST_BEHIND]
            self.dropped_frames += len(behind)
            self._socketio.emit("delta", frame, namespace=NAMESPACE, skip_sid=behind)
            self._on_frame()

    def _waiting_for(self, screen: str) -> int:
        """Frames that the screen has not taken yet."""
        server = self._socketio.server
        line = server.eio.sockets.get(server.manager.eio_sid_from_sid(screen, NAMESPACE))
        return line.queue.qsize() if line is not None else 0

    def _send_probe(self, tile: dict[str, Any]) -> None:
        """What `livewall probe` sent comes back to it the way frames go; no wall shows it."""
        self._socketio.emit("probe", {"server_time": self._clock().isoformat(), "tile": tile}, namespace=NAMESPACE)

    def _send_snapshot(self, screen: str) -> None:
        with self._sending:  # so that no frame passes the snapshot on its way
            if not self._screens:
                self._send_changes()  # while nobody watched, nobody brought the picture up to date
            self._socketio.emit("snapshot", self._snapshot(), namespace=NAMESPACE, to=screen)

    def _snapshot(self) -> dict[str, Any]:
        setups = sorted(self._shown.values(), key=lambda tile: (tile["order"], tile["setup"]))
        return {
            "seq": self._seq,
            "server_time": self._clock().isoformat(),
            "version": self._version,
            "release": self._release,
            "notices": self._notices_sent,
            "setups": setups,
        }


def _difference(before: dict[str, Any] | None, after: dict[str, Any]) -> dict[str, Any]:
    """The members of a tile that changed, and its name."""
    if before is None:
        return after
    return {
        "setup": after["setup"],
        **{name: value for name, value in after.items() if before.get(name) != value},
    }
