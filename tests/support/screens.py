"""Screens as browsers are: they take the wall's frames, and when the line is cut they come back by themselves."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import simple_websocket

Json = dict[str, Any]

RECONNECT = 0.1


class PlainScreen:
    """A WebSocket client of Socket.IO (Engine.IO 4: 2 ping, 3 pong, 40 connect, 42 event) in a thread.

    `tiles` and `release` are what it shows now, `connects` how often it connected, `releases` all commits it was ever
    connected to, in order, `gaps` frames that never came. A context manager.
    """

    def __init__(self, port: int) -> None:
        self._address = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._seq = 0
        self.tiles: dict[str, Json] = {}
        self.release: Json | None = None
        self.releases: list[str] = []
        self.connects = 0
        self.gaps = 0

    def __enter__(self) -> PlainScreen:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(30)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                line = simple_websocket.Client(self._address)
            except (OSError, simple_websocket.ConnectionError):
                time.sleep(RECONNECT)
                continue
            try:
                self._watch(line)
            except (OSError, simple_websocket.ConnectionClosed):
                pass
            finally:
                self._close(line)

    def _watch(self, line: simple_websocket.Client) -> None:
        line.send("40/wall,")  # at once: simple_websocket may see the server's opening only after another frame
        while not self._stopping.is_set():
            packet = line.receive(0.2)
            if packet is None:
                continue
            if packet.startswith("2"):
                line.send("3")
            elif packet.startswith("42/wall,"):
                self._take(*json.loads(packet.removeprefix("42/wall,")))

    def _take(self, name: str, content: Json) -> None:
        if name == "snapshot":
            self.connects += 1
            self.tiles = {tile["setup"]: tile for tile in content["setups"]}
            self.release = content["release"]
            commit = (self.release or {}).get("commit", "")
            if not self.releases or self.releases[-1] != commit:
                self.releases.append(commit)
        elif name == "delta":
            self.gaps += content["seq"] != self._seq + 1
            for change in content["changes"]:
                self.tiles[change["setup"]] = {**self.tiles.get(change["setup"], {}), **change}
        if name in ("snapshot", "delta"):
            self._seq = content["seq"]

    @staticmethod
    def _close(line: simple_websocket.Client) -> None:
        try:
            line.close()
        except (OSError, simple_websocket.ConnectionClosed):
            pass
        finally:
            line.sock.close()
