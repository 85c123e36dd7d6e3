"""Screens of a wall: plain WebSocket clients in a process of their own, and one real page in Chromium."""

from __future__ import annotations

import base64
import multiprocessing
import os
import selectors
import shutil
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from typing import Any

from playwright.sync_api import Page, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
SIZE = {"width": 1920, "height": 1080}
FRAME = b'42/wall,["delta"'
"""How a packet begins that brings a frame."""
CONNECTED, JOINED, PING = b"0", b"40/wall", b"2"
"""How packets of Engine.IO 4 begin: the line is open; the screen is in the wall's room; is it still there."""


class Screens:
    """`count` of them, and how many frames came to all of them together so far."""

    def __init__(self, count: int, frames: Synchronized[int]) -> None:
        self.count = count
        self._frames = frames

    @property
    def frames(self) -> int:
        return self._frames.value


@contextmanager
def plain_screens(port: int, count: int) -> Iterator[Screens]:
    """`count` clients that take every frame and draw nothing: they are cheap, so that what is measured is the wall."""
    context = multiprocessing.get_context("spawn")
    ready, frames = context.Semaphore(0), context.Value("Q", 0)
    process = context.Process(target=_watch_all, args=(port, count, ready, frames), daemon=True)
    process.start()
    try:
        for _ in range(count):
            assert ready.acquire(timeout=60), "a screen did not connect"
        yield Screens(count, frames)
    finally:
        process.terminate()
        process.join()


def _watch_all(port: int, count: int, ready: Any, frames: Synchronized[int]) -> None:
    selector = selectors.DefaultSelector()
    for _ in range(count):
        line = _Line(port)
        selector.register(line.socket, selectors.EVENT_READ, line)
        _take(line, frames)  # what came with the handshake
        while not line.has_joined:
            _take_all(selector, frames)
        ready.release()
    while True:
        _take_all(selector, frames)


def _take_all(selector: selectors.BaseSelector, frames: Synchronized[int]) -> None:
    """What has come on any line."""
    for key, _ in selector.select():
        key.data.receive()
        _take(key.data, frames)


def _take(line: _Line, frames: Synchronized[int]) -> None:
    for packet in line.packets():
        if packet.startswith(FRAME):
            frames.value += 1
        elif packet == PING:
            line.send(b"3")
        elif packet.startswith(JOINED):
            line.has_joined = True
        elif packet.startswith(CONNECTED):
            line.send(b"40/wall,")


class _Line:
    """A WebSocket (RFC 6455), as far as a screen needs it: text in one piece, of a server, which masks nothing."""

    def __init__(self, port: int) -> None:
        self.has_joined = False
        self.socket = socket.create_connection(("127.0.0.1", port))
        self._data = self._shake_hands(port)

    def send(self, text: bytes) -> None:
        """Of less than 126 bytes, masked by zeros."""
        self.socket.sendall(bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text)

    def receive(self) -> None:
        """Wait for more."""
        came = self.socket.recv(1 << 18)
        assert came, "the wall has hung up"
        self._data += came

    def packets(self) -> Iterator[bytes]:
        """Those that have come whole."""
        data, at = self._data, 0
        while len(data) >= at + 2:
            size, begin = data[at + 1], at + 2
            if size >= 126:
                wide = 2 if size == 126 else 8
                if len(data) < begin + wide:
                    break
                size = struct.unpack(">H" if wide == 2 else ">Q", data[begin : begin + wide])[0]
                begin += wide
            if len(data) < begin + size:
                break
            yield data[begin : begin + size]
            at = begin + size
        self._data = data[at:]

    def _shake_hands(self, port: int) -> bytes:
        """-> what came behind the answer's head."""
        head = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
        )
        self.socket.sendall("\r\n".join([*head, "", ""]).encode())
        came = b""
        while b"\r\n\r\n" not in came:
            more = self.socket.recv(4096)
            assert more, f"no WebSocket: {came[:200]!r}"
            came += more
        said, _, rest = came.partition(b"\r\n\r\n")
        assert b" 101 " in said, said
        return rest


@contextmanager
def chromium_page() -> Iterator[Page]:
    """A page of the size of a wall, in Chromium of the system or Playwright's.

    The one without a window of its own around the pages is asked for first: all it draws is the page.
    """
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=list(FLAGS), executable_path=chromium)
        try:
            yield browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        finally:
            browser.close()
