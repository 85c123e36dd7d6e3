"""Screens without pictures: Socket.IO's own client, which comes back by itself when the line is cut."""

from __future__ import annotations

from typing import Any

import engineio
import socketio

from .waiting import wait_for

Json = dict[str, Any]

NAMESPACE = "/wall"


class _InOrder(engineio.Client):  # type: ignore[misc]  # engineio has no types
    """Takes one message after the other; otherwise each has a thread of its own, and one may overtake another."""

    def _trigger_event(self, event: str, *args: Any, run_async: bool = False, **options: Any) -> Any:
        return super()._trigger_event(event, *args, **options)


class _Client(socketio.Client):  # type: ignore[misc]  # socketio has no types
    def _engineio_client_class(self) -> type:
        return _InOrder


class PlainScreen:
    """A screen of the wall at a port of this machine; a context manager.

    `tiles` and `release` are what it shows now, `connects` how often it got a snapshot, `gaps` counts frames that never
    came.
    """

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._client = _Client(reconnection_delay=0.1, reconnection_delay_max=0.5, handle_sigint=False)
        self._client.on("snapshot", self._take_snapshot, namespace=NAMESPACE)
        self._client.on("delta", self._take_delta, namespace=NAMESPACE)
        self._client.on("disconnect", self._forget_count, namespace=NAMESPACE)
        self._seq: int | None = None
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

    def _forget_count(self, *_: object) -> None:
        """The first frames after this may come before the snapshot, which has what is in them."""
        self._seq = None

    def _take_delta(self, content: Json) -> None:
        if self._seq is None:
            return
        self.gaps += content["seq"] != self._seq + 1
        self._seq = content["seq"]
        for change in content["changes"]:
            if change.get("gone"):
                self.tiles.pop(change["setup"], None)
            else:
                self.tiles[change["setup"]] = {**self.tiles.get(change["setup"], {}), **change}
