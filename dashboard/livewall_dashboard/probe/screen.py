"""A screen without a picture: takes the wall's frames as a browser does."""

from __future__ import annotations

import json
import socket
import time
from contextlib import suppress
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import simple_websocket
from wsproto import ConnectionType

from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.base.unix_http import HOST, connect, path_of

_PATH = "/socket.io/?EIO=4&transport=websocket"


class Screen:
    """Connected to the wall at `url` (http, https, unix) from the start; a context manager. Raises `Unavailable`.

    What travels is Socket.IO in Engine.IO 4: 2 ping, 3 pong, 40 a namespace's connect, 41 and 44 no, 42 an event.
    """

    def __init__(self, url: str, token: str, timeout: float):
        try:
            self._line = _line(url, {"Authorization": f"Bearer {token}"}, timeout)
        except (OSError, simple_websocket.ConnectionError) as error:
            raise Unavailable(f"A screen cannot connect to {url}: {error}.") from error
        try:
            self._connect(timeout)
        except (OSError, Unavailable) as error:
            self._close()
            raise Unavailable(f"A screen cannot connect to {url}: {error}.") from error

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def receive(self, timeout: float) -> tuple[str, Any] | None:
        """The next event's name and content; None when none comes within `timeout` seconds.

        Pings are answered and count as nothing.
        """
        packet = self._packet(timeout)
        if packet is None or not packet.startswith("42/wall,"):
            return None
        name, *content = json.loads(packet.removeprefix("42/wall,"))
        return name, content[0] if content else None

    def _close(self) -> None:
        hang_up(self._line)

    def _connect(self, timeout: float) -> None:
        """Into the namespace; the snapshot may come before the word that the connection stands.

        Engine.IO's own opening is not waited for: simple_websocket does not see a frame that arrives together with the
        answer to its handshake until another one follows, which would be the ping, seconds later.
        """
        deadline = time.monotonic() + timeout
        self._line.send("40/wall,")
        while (left := deadline - time.monotonic()) > 0:
            packet = self._packet(left) or ""
            if packet.startswith("40/wall,"):
                return
            if packet.startswith("4") and packet[1:2] in {"1", "4"}:
                raise OSError("it is not let in")
        raise OSError("it is not answered")

    def _packet(self, timeout: float) -> str | None:
        try:
            packet = self._line.receive(timeout)
        except simple_websocket.ConnectionClosed as error:
            raise Unavailable("The wall hung up on a screen.") from error
        if packet == "2":
            self._line.send("3")
        return None if packet is None else str(packet)


def _line(url: str, headers: dict[str, str], timeout: float) -> simple_websocket.Client:
    if path := path_of(url):
        return _UnixClient(path, headers, timeout)
    parts = urlsplit(url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return simple_websocket.Client(f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}{_PATH}", headers=headers)


class _UnixClient(simple_websocket.Client):  # type: ignore[misc]  # it has no types
    """Through a Unix socket: the library's own way to connect knows hosts and ports alone."""

    def __init__(self, path: str, headers: dict[str, str], timeout: float):
        self.host, self.path = HOST, _PATH
        self.subprotocols: list[str] = []
        self.extra_headeers = list(headers.items())  # so it is called there
        line = connect(path, timeout)
        line.settimeout(None)
        super(simple_websocket.Client, self).__init__(line, connection_type=ConnectionType.CLIENT)


def hang_up(line: simple_websocket.Client) -> None:
    """Close a line once its thread reads no more.

    `Client.close` closes the socket under that thread, which over TLS reads by the descriptor's number: by then that
    may be another connection's, whose bytes it would take away.
    """
    with suppress(OSError, simple_websocket.ConnectionClosed):  # the other side was first
        super(simple_websocket.Client, line).close()
    with suppress(OSError):
        socket.socket.shutdown(line.sock, socket.SHUT_RDWR)
    line.thread.join()
    line.sock.close()
