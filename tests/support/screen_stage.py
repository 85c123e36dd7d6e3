"""A wall whose screens are Socket.IO's own test clients, in one process and without a socket."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient

from livewall_dashboard.live import Setup, Wall
from livewall_dashboard.screens.audience import Permit
from livewall_dashboard.screens.hub import NAMESPACE, Hub
from livewall_dashboard.screens.publisher import Publisher
from livewall_listener import wire

from .waiting import wait_for

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=timezone.utc)


class Stage:
    """A wall, what is published of it, and screens."""

    def __init__(
        self, admit: Callable[[], Permit] = lambda: lambda: True, release: dict[str, str] | None = None
    ) -> None:
        self.lock = threading.Lock()
        self.wall = Wall(timedelta(seconds=30), timedelta(seconds=120))
        self.app = Flask("test")
        self.socketio = SocketIO(self.app, async_mode="threading")
        self.frames = 0
        self.hub = Hub(self.socketio, admit=admit, on_frame=self._count)
        self.publisher = Publisher(
            self.wall, self.hub, lock=self.lock, clock=lambda: NOW, version="1.2.3", release=release
        )
        self.hub.open(self.publisher.greet)

    def _count(self) -> None:
        self.frames += 1

    def screen(self) -> SocketIOTestClient:
        return self.socketio.test_client(self.app, namespace=NAMESPACE)

    def configure(self, *names: str) -> None:
        with self.lock:
            self.wall.configure([Setup(name) for name in names])
        self.publisher.wake()

    def run(self, setup: str) -> None:
        with self.lock:
            self.wall.register(f"run-{setup}", setup, wire.RunInfo(), NOW, NOW)
        self.publisher.wake()


def received(screen: SocketIOTestClient, name: str) -> list[dict[str, Any]]:
    return [event["args"][0] for event in screen.get_received(NAMESPACE) if event["name"] == name]


def changes_for(screen: SocketIOTestClient, setup: str) -> list[dict[str, Any]]:
    """Wait for a frame about the setup; -> what it says, and its number under `seq`."""
    found: list[dict[str, Any]] = []

    def look() -> bool:
        for frame in received(screen, "delta"):
            found.extend({**change, "seq": frame["seq"]} for change in frame["changes"] if change["setup"] == setup)
        return bool(found)

    wait_for(look, what=f"a frame about {setup}")
    return found
