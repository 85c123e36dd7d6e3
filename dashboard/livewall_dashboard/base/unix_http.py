"""HTTP through a Unix socket, which the standard library lacks. The socket's URL is `unix:` and its path."""

from __future__ import annotations

import http.client
import socket
import urllib.request
from typing import Any

from livewall_dashboard.base.settings import UNIX

HOST = "localhost"
"""The host that is named in requests through a Unix socket."""


def path_of(url: str) -> str | None:
    """The socket's path; None for any other URL."""
    kind, _, path = url.partition(":")
    return path if kind == UNIX else None


def connect(path: str, timeout: float) -> socket.socket:
    """Raises OSError."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(timeout)
    try:
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line


class UnixConnection(http.client.HTTPConnection):
    """To whoever listens on the socket."""

    def __init__(self, path: str, timeout: float):
        super().__init__(HOST, timeout=timeout)
        self._path = path
        self._within = timeout

    def connect(self) -> None:
        self.sock = connect(self._path, self._within)


class UnixHandler(urllib.request.HTTPHandler):
    """For an opener of urllib: whatever host an http URL names, the request goes through the socket."""

    def __init__(self, path: str):
        super().__init__()
        self._path = path

    def http_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(lambda _host, timeout, **_: UnixConnection(self._path, timeout), request)  # type: ignore[arg-type]
