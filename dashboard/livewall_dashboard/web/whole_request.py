"""A request's head as WSGI has it, and an answer as the bytes of one write: for a server that has neither cheap."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from wsgiref.handlers import format_date_time

from livewall_dashboard.web.request_head import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SMALL = 65_536
"""Bytes of a body that is written together with its head."""
WITHOUT_BODY = ("204", "304")
"""Statuses."""
OURS = ("content-length", "date")
"""Headers that are said anew, once."""


def environ_of(method: str, target: str, headers: Headers) -> WSGIEnvironment:
    """What WSGI has of a request's head: all but what is the same for each request of a line, and the body."""
    path, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "CONTENT_TYPE": headers.get("Content-Type") or "text/plain",
    }
    if length := headers.get("Content-Length"):
        environ["CONTENT_LENGTH"] = length
    for name, value in headers.items():
        if variable := _variable(name):
            environ[variable] = f"{environ[variable]},{value}" if variable in environ else value
    return environ


@functools.lru_cache(maxsize=1024)
def _variable(name: str) -> str:
    """Empty for what is none of its own: with an underscore, X_Real_IP would be X-Real-IP, which a proxy has set."""
    variable = name.replace("-", "_").upper()
    return "" if "_" in name or variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}"


class Answer:
    """What an application answers: its head is known, and its body still to be read, where it makes it by and by."""

    def __init__(self, application: WSGIApplication, environ: WSGIEnvironment) -> None:
        self._head: list[Any] = []
        self._pieces = application(environ, self._begin)

    def _begin(self, *said: Any) -> Any:
        self._head[:] = said[:2]

    @property
    def is_small(self) -> bool:
        """Whether it is known to be, so that it is best written at once."""
        status, headers = self._head
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), SMALL + 1)
        return length <= SMALL or status.startswith(WITHOUT_BODY)

    def whole(self, connection: str) -> bytes:
        """Head and body. `connection`: the header of that name, "" for none."""
        try:
            body = b"".join(self._pieces)
        finally:
            if close := getattr(self._pieces, "close", None):
                close()
        status, headers = self._head
        said = "".join([f"{name}: {value}\r\n" for name, value in headers if name.lower() not in OURS])
        length = "" if status.startswith(WITHOUT_BODY) else f"Content-Length: {len(body)}\r\n"
        last = f"Connection: {connection}\r\n" if connection else ""
        date = _date(int(time.time()))
        return f"HTTP/1.1 {status}\r\n{said}{length}{date}{last}\r\n".encode("latin-1") + body

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """It as an application, for a server that writes it piece by piece."""
        start_response(*self._head)
        return self._pieces


@functools.lru_cache(maxsize=1)
def _date(second: int) -> str:
    return f"Date: {format_date_time(second)}\r\n"
