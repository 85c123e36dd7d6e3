"""A server that notes what it is asked, for what the wall tells others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Heard:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers with the next of `statuses`, then with 200, and leads to `location`.

    `heard`: all it was asked; `refused`: first lines of what was no request; `answer(path)`: its body.
    """

    def __init__(self, answer: Callable[[str], bytes] = lambda _: b"") -> None:
        self.statuses: list[int] = []
        self.heard: list[Heard] = []
        self.refused: list[str] = []
        self.location = "http://169.254.169.254/"
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._hear()

            def do_POST(self) -> None:
                self._hear()

            def _hear(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                receiver.heard.append(Heard(self.command, self.path, dict(self.headers), body))
                said = answer(self.path)
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Location", receiver.location)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
                receiver.refused.append(self.requestline)
                super().send_error(code, message, explain)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
