"""A line that misbehaves: a TCP proxy between a node and the dashboard."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections import Counter
from types import TracebackType
from typing import Literal

Mode = Literal["pass", "reset before reply", "never answer", "stall", "drop"]
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: close() sends RST in place of FIN."""


class FaultProxy:
    """Forwards to `target_port` on loopback, in one of these modes, which may change while connections are open:

    - "pass": as it should be;
    - "reset before reply": the request arrives, its reply is thrown away and the connection reset;
    - "never answer": connections are taken, requests are swallowed and nothing is ever answered;
    - "stall": what either side sends is held back until the mode changes, and then delivered;
    - "drop": connections are reset as soon as they are taken or used.

    `met` counts what met each fault, so that a test knows its fault took place.
    """

    def __init__(self, target_port: int) -> None:
        self.met: Counter[str] = Counter()
        self._target_port = target_port
        self._mode: Mode = "pass"
        self._changed = threading.Condition()
        self._cuts = 0
        self._closed = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True, name="fault proxy").start()

    @property
    def mode(self) -> Mode:
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        with self._changed:
            self._mode = mode
            self._changed.notify_all()

    def cut(self) -> None:
        """Reset every open connection."""
        with self._changed:
            self._cuts += 1
            self._changed.notify_all()

    def close(self) -> None:
        self._closed = True
        self._listening.close()
        self.cut()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                node, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(node,), daemon=True, name="fault proxy").start()

    def _serve(self, node: socket.socket) -> None:
        try:
            dashboard = socket.create_connection(("127.0.0.1", self._target_port))
        except OSError:
            _reset(node)
            return
        try:
            healthy = self._forward(node, dashboard)
        except OSError:
            healthy = False
        for line in (node, dashboard):
            if healthy:
                line.close()
            else:
                _reset(line)

    def _forward(self, node: socket.socket, dashboard: socket.socket) -> bool:
        """Until one side ends the connection (True) or a fault does (False)."""
        other = {node: dashboard, dashboard: node}
        cuts = self._cuts
        while self._cuts == cuts:
            for source in select.select(list(other), [], [], 0.05)[0]:
                data = source.recv(65536)
                if not data:
                    return True
                if self._mode == "never answer":
                    self.met["never answer"] += 1
                    continue
                if not self._may_pass(is_reply=source is dashboard, cuts=cuts):
                    return False
                other[source].sendall(data)
        return False

    def _may_pass(self, *, is_reply: bool, cuts: int) -> bool:
        """Wait while the line stalls; whether the bytes go through then."""
        with self._changed:
            if self._mode == "stall":
                self.met["stall"] += 1
            self._changed.wait_for(lambda: self._mode != "stall" or self._cuts != cuts)
            if self._mode == "drop" or (self._mode == "reset before reply" and is_reply):
                self.met[self._mode] += 1
                return False
        return self._cuts == cuts


def _reset(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    line.close()
