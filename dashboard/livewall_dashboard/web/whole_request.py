"""A request's head as WSGI has it, and an answer as the bytes of one write: for a server that has neither cheap."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from wsgiref.handlers import format_date_time

from livewall_dashboard.web.request_head import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


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
            text = value.rstrip(" \t")
            environ[variable] = f"{environ[variable]},{text}" if variable in environ else text
    return environ


@functools.lru_cache(maxsize=1024)
def _variable(name: str) -> str:
    """Empty for what is none of its own: with an underscore, X_Real_IP would be X-Real-IP, which a proxy has set."""
    variable = name.replace("-", "_").upper()
    return "" if "_" in name or variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}"


def whole_answer(application: WSGIApplication, environ: WSGIEnvironment, connection: Callable[[], str]) -> bytes:
    """Head and body of what the application answers. `connection()`: the header of that name, "" for none."""
    begun: list[Any] = []

    def start(*said: Any) -> Any:
        begun[:] = said[:2]

    pieces = application(environ, start)
    try:
        body = b"".join(pieces)
    finally:
        if close := getattr(pieces, "close", None):
            close()
    status, headers = begun
    said = "".join([f"{name}: {value}\r\n" for name, value in headers if name != "Content-Length"])
    wish = connection()  # once the application has read of the body what it wants
    last = f"Connection: {wish}\r\n" if wish else ""
    date = _date(int(time.time()))
    return f"HTTP/1.1 {status}\r\n{said}Content-Length: {len(body)}\r\n{date}{last}\r\n".encode("latin-1") + body


@functools.lru_cache(maxsize=1)
def _date(second: int) -> str:
    return f"Date: {format_date_time(second)}\r\n"
