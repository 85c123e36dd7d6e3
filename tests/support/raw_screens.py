"""Many screens as raw sockets, read by one thread, some of which never read what they are sent."""

from __future__ import annotations

import base64
import os
import re
import selectors
import socket
import struct
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone

_HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)
_FRAME = re.compile(rb'42/wall,\["(delta|snapshot)",\{"seq":(\d+),"server_time":"([^"]+)"')
_SMALL = 4096
"""Bytes that the system takes for a screen that does not read."""


class RawScreen:
    """Engine.IO 4 over a WebSocket: 0 open, 2 ping, 3 pong, 40 connect, 42 event.

    `seq` is the number of the last frame it took; `gaps` counts those before which some were missing, `snapshots`
    those that it was given; `lag` is the greatest age of a frame when it came, in seconds. At a gap it asks for a
    snapshot, as a page does.
    """

    def __init__(self, port: int, *, reads: bool) -> None:
        self.socket = socket.socket()
        if not reads:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(_HANDSHAKE.format(key=base64.b64encode(os.urandom(16)).decode()).encode())
        self.seq = self.gaps = self.snapshots = 0
        self.lag = 0.0
        self.closed = False
        self._buffer = b""
        self._asked = False
        head = b""
        while not head.endswith(b"\r\n\r\n"):  # and not a byte of what follows
            byte = self.socket.recv(1)
            assert byte, head
            head += byte
        assert b" 101 " in head.partition(b"\r\n")[0], head
        self.say("40/wall,")

    def say(self, text: str) -> None:
        """A short text frame, masked as a client's have to be; by zero, which leaves it as it is."""
        data = text.encode()
        try:
            self.socket.sendall(struct.pack("!BBI", 0x81, 0x80 | len(data), 0) + data)
        except OSError:
            self.closed = True

    def take(self) -> None:
        """What has come; it is not waited for."""
        try:
            data = self.socket.recv(1 << 20)
        except OSError:
            data = b""
        self.closed = not data
        self._buffer += data
        for packet in self._packets():
            self._understand(packet)

    def _packets(self) -> Iterator[bytes]:
        at = 0
        while len(self._buffer) - at >= 2:
            size, begin = self._buffer[at + 1] & 0x7F, at + 2
            if size >= 126:
                width = 2 if size == 126 else 8
                if len(self._buffer) < begin + width:
                    break
                size, begin = int.from_bytes(self._buffer[begin : begin + width], "big"), begin + width
            if len(self._buffer) < begin + size:
                break
            yield self._buffer[begin : begin + size]
            at = begin + size
        self._buffer = self._buffer[at:]

    def _understand(self, packet: bytes) -> None:
        if packet == b"2":
            self.say("3")
        elif found := _FRAME.match(packet):
            self._take_frame(found[1] == b"snapshot", int(found[2]), found[3].decode())

    def _take_frame(self, is_snapshot: bool, seq: int, server_time: str) -> None:
        self.lag = max(self.lag, (datetime.now(timezone.utc) - datetime.fromisoformat(server_time)).total_seconds())
        if is_snapshot:
            self.snapshots += 1
            self._asked = False
        elif seq != self.seq + 1 and not self._asked:
            self.gaps += 1
            self._asked = True
            self.say('42/wall,["snapshot"]')
        self.seq = seq


class RawScreens:
    """A context manager. `reading` take every frame; `silent` never read; `pretending` do not either, and say they do.

    (A ping that is answered before it was read: the worst that a screen can do.)
    """

    def __init__(self, port: int, *, reading: int, silent: int, pretending: int) -> None:
        self.reading = [RawScreen(port, reads=True) for _ in range(reading)]
        self.silent = [RawScreen(port, reads=False) for _ in range(silent)]
        self.pretending = [RawScreen(port, reads=False) for _ in range(pretending)]
        self._selector = selectors.DefaultSelector()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        for screen in self.reading:
            self.read(screen)

    def read(self, screen: RawScreen) -> None:
        """From now on it reads."""
        self._selector.register(screen.socket, selectors.EVENT_READ, screen)

    def __enter__(self) -> RawScreens:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for screen in [*self.reading, *self.silent, *self.pretending]:
            screen.socket.close()
        self._selector.close()

    def _run(self) -> None:
        pong_at = time.monotonic()
        while not self._over.is_set():
            for key, _ in self._selector.select(0.1):
                key.data.take()
                if key.data.closed:
                    self._selector.unregister(key.fileobj)
            if time.monotonic() > pong_at:
                pong_at = time.monotonic() + 2.0
                for screen in self.pretending:
                    screen.say("3")
