"""A relay in front of a server, which counts what comes over the line."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from .background_server import in_background

PIECE = 65_536


class Relay:
    """Passes on all connections to `port` on loopback. `received`: bytes that the server sent, whatever they were."""

    def __init__(self, port: int) -> None:
        self.received = 0
        self._count = threading.Lock()
        relay = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as server:
                    asking = threading.Thread(target=_pass_on, args=(self.request, server), daemon=True)
                    asking.start()
                    _pass_on(server, self.request, relay._add)
                    asking.join()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[Relay]:
        with in_background(self._server):
            yield self

    def _add(self, length: int) -> None:
        with self._count:
            self.received += length


def _pass_on(source: socket.socket, target: socket.socket, count: Callable[[int], object] = lambda _: None) -> None:
    """Until one of them ends, and then both end."""
    with suppress(OSError):
        while piece := source.recv(PIECE):
            count(len(piece))
            target.sendall(piece)
    for side in (source, target):
        with suppress(OSError):
            side.shutdown(socket.SHUT_RDWR)
