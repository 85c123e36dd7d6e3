"""A server in front of a real wall that answers 503 to what is held back, and passes on all else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from .background_server import in_background


class Forwarder:
    """`held`: a pattern of `METHOD path` that is answered 503 while it is set; `refused` counts these."""

    def __init__(self, url: str) -> None:
        self.held = ""
        self.refused = 0
        self._target = urlsplit(url).netloc
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[Forwarder]:
        with in_background(self._server):
            yield self

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        if self.held and re.search(self.held, f"{handler.command} {handler.path}"):
            self.refused += 1
            self._reply(handler, 503, b"", "text/plain")
            return
        headers = {name: value for name, value in handler.headers.items() if name.lower() != "host"}
        connection = HTTPConnection(self._target, timeout=60)
        try:
            connection.request(handler.command, handler.path, body, headers)
            answer = connection.getresponse()
            self._reply(handler, answer.status, answer.read(), answer.getheader("Content-Type") or "text/plain")
        finally:
            connection.close()

    def _reply(self, handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        forwarder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                try:
                    forwarder._answer(self)
                except OSError:  # whoever asked is gone, or the wall is
                    self.close_connection = True

            do_GET = do_POST = do_PUT = answer  # noqa: N815  # names that http.server looks for

            def log_message(self, *_: object) -> None:
                pass

        return Handler
