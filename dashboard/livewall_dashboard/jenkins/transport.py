"""The connection to a Jenkins, which can be cut from another thread: an answer that drips must not last forever."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager


class Transport(HTTPAdapter):
    """Carries one request at a time. `context` says which certificates are trusted besides the usual ones."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._lines = _Lines()
        super().__init__(max_retries=0)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cuts the connection when the block takes longer than `seconds`."""
        self._lines.begin()
        timer = threading.Timer(seconds, self._lines.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._lines.release()

    def cut(self) -> None:
        """End the request that is under way, if any, at once."""
        self._lines.cut()

    @property
    def was_cut(self) -> bool:
        return self._lines.was_cut

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._context, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self._lines)

    def proxy_manager_for(self, proxy: str, **options: Any) -> PoolManager:
        manager: PoolManager = super().proxy_manager_for(proxy, ssl_context=self._context, **options)
        manager.pool_classes_by_scheme = _pools(self._lines)
        return manager


class _Lines:
    """The connections of the request under way, each by a descriptor of our own.

    TLS takes a socket over and gives another one back; a descriptor of our own reaches the connection all the while.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self.was_cut = False

    def begin(self) -> None:
        with self._lock:
            self.was_cut = False

    def hold(self, line: socket.socket) -> None:
        with self._lock:
            if self.was_cut:
                line.close()
                raise TimeoutError("the connection was cut")
            self._held.append(socket.socket(fileno=os.dup(line.fileno())))

    def cut(self) -> None:
        with self._lock:
            self.was_cut = True
            for line in self._held:
                try:
                    line.shutdown(socket.SHUT_RDWR)
                except OSError:  # it has ended by itself
                    pass

    def release(self) -> None:
        with self._lock:
            for line in self._held:
                line.close()
            self._held.clear()


def _pools(lines: _Lines) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools, whose connections tell `lines` of their sockets."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            lines.hold(made)
            return made

    class Tls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            lines.hold(made)
            return made

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


def trust(ca: Path | None) -> ssl.SSLContext:
    """The system's certificates and those in `ca`; requests adds its own. Raises OSError for a `ca` that is none."""
    context = ssl.create_default_context()
    if ca is not None:
        context.load_verify_locations(cafile=str(ca))
    return context
