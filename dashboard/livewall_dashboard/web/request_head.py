"""The head of a request, read strictly, before any framework sees it.

Where a proxy and the dashboard would end a request at different bytes, one of them takes the rest for a request of its
own: what could be read in two ways is refused. And a stranger's bytes are answered like any other error, and never
become a line of the log.
"""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterable
from http import HTTPStatus
from io import BufferedIOBase
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from livewall_dashboard.web.headers import HEADERS

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler as _Handler
else:
    _Handler = object  # eventlet's handlers descend from a copy of that class

MAX_LINE = 8000
"""Bytes of one line of the head."""
MAX_HEAD = 60_000
"""Bytes of all lines together."""
MAX_HEADERS = 100
LINGER = 2.0
"""Seconds that a refused caller is listened to: a line cut with bytes unread takes the answer with it."""

_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\x00-\x08\x0a-\x1f\x7f]*)\r?\n")
_REQUEST = re.compile(r"([A-Z]{1,20}) ([^\x00-\x20\x7f]+) (HTTP/1\.[01])\r?\n?")
_LENGTH = re.compile(r"[0-9]{1,15}")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}

_WORDS = {
    400: ("bad_request", "This is no HTTP request that the wall understands."),
    411: ("length_required", "Send the body with its Content-Length, not in chunks: a file, not a pipe."),
    414: ("address_too_long", f"An address has less than {MAX_LINE} bytes."),
    503: ("too_many_screens", "The wall has no room for another screen. It tries again by itself."),
    431: ("headers_too_large", f"A header has less than {MAX_LINE} bytes, all of them together {MAX_HEAD}."),
}


class Refused(Exception):
    """With the status of the answer; 0 where nobody is there to read it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Headers:
    """Of one request, in the order they came. Asked for by a name in any case."""

    def __init__(self) -> None:
        self._pairs: list[tuple[str, str]] = []
        self._values: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._pairs)

    def add(self, name: str, value: str) -> None:
        self._pairs.append((name, value))
        self._values.setdefault(name.lower(), []).append(value)

    def items(self) -> list[tuple[str, str]]:
        return self._pairs

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The first value."""
        values = self._values.get(name.lower())
        return values[0] if values else otherwise

    def get_all(self, name: str, otherwise: Any = None) -> Any:
        return self._values.get(name.lower(), otherwise)


class StrictHead(_Handler):
    """For any request handler of the standard library's kind: the class to inherit from first."""

    raw_requestline: bytes
    headers: Headers  # type: ignore[assignment]  # the standard library's are those of a mail

    def parse_request(self) -> bool:
        """As the standard library's, which begins a parser of mails for each head and refuses less."""
        try:
            self.command, path, self.request_version = _request_line(self.raw_requestline)
            self.headers = headers = _headers(self.rfile)
            require_one_meaning(path, headers.get_all)
            self.path = _path_of(path)
        except Refused as refused:
            self.close_connection = True
            if refused.status:
                self.send_error(refused.status)
            return False
        self.requestline = f"{self.command} {path} {self.request_version}"
        self.close_connection = not self._goes_on()
        expects = self.is_newest and headers.get("Expect", "").lower() == "100-continue"
        return self.handle_expect_100() if expects else True

    @property
    def is_newest(self) -> bool:
        return self.protocol_version == self.request_version == "HTTP/1.1"

    def _goes_on(self) -> bool:
        """Whether another request may come on this line."""
        wish = self.headers.get("Connection", "").lower()
        return wish == "keep-alive" if wish in ("keep-alive", "close") else self.is_newest

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answers in the shape of the API's errors, and ends the line: nobody knows where a next request would begin.

        What the standard library would say, which quotes the caller, is left out.
        """
        self.close_connection = True
        answer_refusal(self.connection, code)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the standard library's name
        """Say nothing: the standard library would write what the caller sent to the log."""


def answer_refusal(line: socket.socket, code: int) -> None:
    """Answers in the shape of the API's errors, and says no more."""
    status = HTTPStatus(code)
    name, words = _WORDS.get(status.value, ("error", f"{status.phrase}."))
    body = json.dumps({"error": {"code": name, "message": words, "detail": {}}}).encode()
    head = {
        **HEADERS,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in head.items())]
    try:
        line.sendall("\r\n".join([*lines, "", ""]).encode("ascii") + body)
        linger(line)
    except OSError:
        pass  # the caller has gone


def linger(line: socket.socket) -> None:
    """Says that no more will come, and has the caller read what did. Raises OSError where there is none any more."""
    deadline = time.monotonic() + LINGER
    line.shutdown(socket.SHUT_WR)
    line.settimeout(LINGER)
    while time.monotonic() < deadline and line.recv(65536):
        pass


def _request_line(line: bytes) -> tuple[str, str, str]:
    """-> method, address, version."""
    if len(line) > MAX_LINE:
        raise Refused(414)
    found = _REQUEST.fullmatch(line.decode("latin-1"))
    if not found or not _is_address(found[2]):
        raise Refused(400)
    return found[1], found[2], found[3]


def _is_address(text: str) -> bool:
    """Not bytes that are no UTF-8, nor a host that is none: frameworks raise errors of their own where they read it."""
    try:
        text.encode("latin-1").decode()
        return text.startswith("/") or bool(urlsplit(text))
    except ValueError:
        return False


def _path_of(address: str) -> str:
    """With its query."""
    if not address.startswith(("/", "*")):
        parts = urlsplit(address)
        address = f"/{parts.path}" + (f"?{parts.query}" if parts.query else "")
    return address if not address.startswith("//") else f"/{address.lstrip('/')}"  # or it would name another host


def _headers(reader: BufferedIOBase) -> Headers:
    """Each line within its limits and of one meaning."""
    headers = Headers()
    size = 0
    while (line := reader.readline(MAX_LINE + 1)) not in (b"\r\n", b"\n"):
        size += len(line)
        if len(line) > MAX_LINE or size > MAX_HEAD or len(headers) == MAX_HEADERS:
            raise Refused(431)
        if not line:
            raise Refused(0)  # the caller went away in the middle of it
        found = _HEADER.fullmatch(line)
        if not found:
            raise Refused(400)
        headers.add(found[1].decode("ascii"), found[2].decode("latin-1").strip(" \t"))
    return headers


def require_one_meaning(address: str, given: Any) -> None:
    """`given(name, otherwise)` -> all values of that header."""
    if given("Transfer-Encoding"):
        raise Refused(411)
    lengths: Iterable[str] = given("Content-Length", [])
    if not all(_LENGTH.fullmatch(length) for length in lengths):
        raise Refused(400)
    if any(len(given(name, [])) > 1 for name in ("Content-Length", "Host", "Authorization")):
        raise Refused(400)
    if not address.startswith("/") and address != "*":
        parts = urlsplit(address)
        default_port = _DEFAULT_PORTS.get(parts.scheme)
        if not (default_port and parts.netloc):
            raise Refused(400)
        for host in given("Host", []):  # RFC 9112, 3.2.2; of one that proxies send
            if host.lower().removesuffix(default_port) != parts.netloc.lower().removesuffix(default_port):
                raise Refused(400)
