"""Screens without pictures: Socket.IO's own client, which comes back by itself when the line is cut."""

from __future__ import annotations

from typing import Any

import socketio

from .waiting import wait_for

Json = dict[str, Any]

NAMESPACE = "/wall"


class PlainScreen:
    """A screen of the wall at a port of this machine; a context manager.

    `tiles` and `release` are what it shows now, `connects` how often it got a snapshot, `gaps` counts frames that never
    came.
    """

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._client = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.5, handle_sigint=False)
        self._client.on("snapshot", self._take_snapshot, namespace=NAMESPACE)
        self._client.on("delta", self._take_delta, namespace=NAMESPACE)
        self._seq = 0
        self.tiles: dict[str, Json] = {}
        self.release: Json | None = None
        self.connects = 0
        self.gaps = 0

    def __enter__(self) -> PlainScreen:
        self._client.connect(self._url, namespaces=[NAMESPACE], transports=["polling"])
        wait_for(lambda: self.connects, what="the first snapshot")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.shutdown()

    def _take_snapshot(self, content: Json) -> None:
        self.tiles = {tile["setup"]: tile for tile in content["setups"]}
        self.release = content["release"]
        self._seq = content["seq"]
        self.connects += 1

    def _take_delta(self, content: Json) -> None:
        self.gaps += content["seq"] != self._seq + 1
        self._seq = content["seq"]
        for change in content["changes"]:
            if change.get("gone"):
                self.tiles.pop(change["setup"], None)
            else:
                self.tiles[change["setup"]] = {**self.tiles.get(change["setup"], {}), **change}
