"""A dashboard behind a real nginx that speaks TLS, and those who call it from outside."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import simple_websocket

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.probe.screen import hang_up

from .answers import Answer, answer_to, json_of
from .certificates import Certificates
from .dashboard import Dashboard
from .nginx import Nginx


@dataclass
class Edge:
    """`token` gives the token of a scope."""

    dashboard: Dashboard
    nginx: Nginx
    certificates: Certificates
    tokens: Mapping[str, str]

    @property
    def url(self) -> str:
        return self.nginx.url

    def node(self, **more: str) -> dict[str, str]:
        """A node's settings."""
        return {
            "LIVEWALL_URL": self.url,
            "LIVEWALL_TOKEN": self.tokens["ingest"],
            "LIVEWALL_CA": str(self.certificates.authority),
            **more,
        }

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        scope: str | None = "read",
        headers: Mapping[str, str] | None = None,
        url: str | None = None,
        timeout: float = 60.0,
    ) -> Answer:
        """Status, body and headers (names in lower case), through nginx; redirects are not followed."""
        sent = {"Authorization": f"Bearer {self.tokens[scope]}"} if scope else {}
        request = urllib.request.Request(
            (url or self.url) + path, data=body, method=method, headers={**sent, **(headers or {})}
        )
        return answer_to(request, timeout, _opener(self.certificates.trusting()))

    def get(self, path: str) -> Any:
        """The JSON at `path`, which must answer 200."""
        return json_of(self.request("GET", path), path)

    def request_from(
        self, address: str, method: str, path: str, body: bytes, headers: Mapping[str, str], scope: str = "ingest"
    ) -> int:
        """Status of a request of a caller that has this address (of loopback)."""
        line = http.client.HTTPSConnection(
            "127.0.0.1",
            self.nginx.port,
            timeout=60,
            source_address=(address, 0),
            context=self.certificates.trusting(),
        )
        try:
            line.request(method, path, body, {"Authorization": f"Bearer {self.tokens[scope]}", **headers})
            return line.getresponse().status
        finally:
            line.close()

    def tile(self, setup: str) -> Any:
        """The setup's tile as a screen that connects now gets it; KeyError if there is none."""
        return {tile["setup"]: tile for tile in self.get("/api/v1/live")["setups"]}[setup]


@contextmanager
def edge(
    database_url: str,
    folder: Path,
    certificates: Certificates,
    make_dashboard: Callable[..., Dashboard] = Dashboard,
    *arguments: str,
    changes: tuple[tuple[str, str], ...] = (),
    unix_socket: Path | None = None,
) -> Iterator[Edge]:
    """`arguments` are the dashboard's, besides the trust in nginx; `changes` as in `Nginx`.

    With `unix_socket` nginx reaches the dashboard there.
    """
    tokens = make_tokens(database_url)
    dashboard = make_dashboard(
        database_url=database_url,
        log_path=folder / "dashboard.log",
        extra_args=["--trusted-proxies", "unix" if unix_socket else "127.0.0.1", *arguments],
        unix_socket=unix_socket,
    )
    (folder / "nginx").mkdir()
    nginx = Nginx(
        folder / "nginx",
        dashboard=f"unix:{unix_socket}" if unix_socket else f"127.0.0.1:{dashboard.port}",
        certificate=certificates.certificate,
        key=certificates.key,
        changes=changes,
    )
    try:
        dashboard.start()
        yield Edge(dashboard, nginx.start(), certificates, tokens)
        if dashboard.running:
            dashboard.stop()
    finally:
        nginx.stop()
        dashboard.kill()


def make_tokens(database_url: str, scopes: Sequence[str] = ("ingest", "read")) -> dict[str, str]:
    """A new token a scope, named after it."""
    database = Database(database_url)
    try:
        return {scope: TokenStore(database).create(scope, scope) for scope in scopes}
    finally:
        database.close()


class SocketScreen:
    """A screen that speaks Engine.IO 4 over WebSocket, and nothing else."""

    def __init__(self, url: str, context: ssl.SSLContext, headers: Mapping[str, str]) -> None:
        address = f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        self._line = simple_websocket.Client(address, headers=dict(headers), ssl_context=context)

    def frames(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(name, content) of each frame on the wall's namespace, as they come; ends when the line does."""
        while True:
            try:
                received = self._line.receive(timeout=60)
            except simple_websocket.ConnectionClosed:
                return
            if received is None:
                raise TimeoutError("the server pings every 5 seconds, and has said nothing for 60")
            packet = str(received)
            if packet.startswith("0"):
                self._line.send("40/wall,")
            elif packet.startswith("2"):
                self._line.send("3")
            elif packet.startswith("42/wall,"):
                name, content = json.loads(packet.removeprefix("42/wall,"))
                yield name, content
            elif packet.startswith("44/wall"):
                raise ConnectionRefusedError(packet)

    def close(self) -> None:
        hang_up(self._line)


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any, **more: Any) -> None:
        return None


def _opener(context: ssl.SSLContext) -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), _StayHere
    )
