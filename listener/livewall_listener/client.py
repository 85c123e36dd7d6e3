"""HTTP to the wall: one kept-alive line, everything with a timeout, an answer or a reason."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed lacks it

import urllib3

from livewall_listener.settings import redacted

CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 15.0
_MAX_REPLY = 1024 * 1024
_UNKNOWN_AUTHORITY = "; give the file with its authority's certificate as LIVEWALL_CA"
_NAMED_OBJECT = re.compile(r"^(<.* object at .*?>|\w+\(.*?\)): ")
"""How urllib3 begins its errors, the older and the newer one."""
_HINTS = dict.fromkeys((18, 19, 20, 21), _UNKNOWN_AUTHORITY)
"""For OpenSSL's codes of a chain that ends at nobody known."""


class Unreachable(Exception):
    """No answer; says why, for people."""


@dataclass
class Reply:
    """`body`: the JSON object of the answer, {} where it is none. `retry_after`: seconds, 0 where not said."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    retry_after: float = 0.0
    location: str = ""

    @property
    def message(self) -> str:
        error = self.body.get("error")
        text = error.get("message") if isinstance(error, dict) else None
        return _printable(text or f"HTTP status {self.status}")

    @property
    def refused_seq(self) -> int | None:
        """Number of the event that the wall found wrong, where it says that."""
        error = self.body.get("error")
        detail = error.get("detail") if isinstance(error, dict) else None
        seq = detail.get("seq") if isinstance(detail, dict) else None
        return seq if isinstance(seq, int) else None

    def number(self, name: str) -> int | None:
        value = self.body.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


class Client:
    """For one thread. `url` may hold user and password; a token goes before them."""

    def __init__(self, url: str, *, token: str, ca: str, environment: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self.shown = redacted(url)
        self._base = self.shown
        self._headers = {"User-Agent": "livewall-listener"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        elif parts.username:
            credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers.update(urllib3.make_headers(basic_auth=credentials))
        self._pool = _pool(parts.scheme, parts.hostname or "", ca, environment)

    def put_run(self, run_id: str, body: bytes) -> Reply:
        return self._send("PUT", f"/api/v1/runs/{quote(run_id)}", body)

    def post_events(self, run_id: str, body: bytes) -> Reply:
        return self._send("POST", f"/api/v1/runs/{quote(run_id)}/events", body)

    def put_artifact(self, run_id: str, name: str, process: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        path = f"/api/v1/runs/{quote(run_id)}/artifacts/{quote(name)}?process={quote(process)}"
        return self._send("PUT", path, body, {"Content-Type": "application/octet-stream", **headers})

    def close(self) -> None:
        self._pool.clear()

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
        """Raises Unreachable."""
        try:
            response = self._pool.request(
                method,
                self._base + path,
                body=body,
                headers={"Content-Type": "application/json", **self._headers, **(headers or {})},
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=READ_TIMEOUT),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            data = response.read(_MAX_REPLY)
            if len(data) < _MAX_REPLY:
                response.release_conn()
            else:
                response.close()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Unreachable(_reason(error)) from None
        return Reply(
            response.status,
            _json_object(data),
            _seconds(response.headers.get("Retry-After", "")),
            _printable(response.headers.get("Location", "")),
        )


def _printable(text: object) -> str:
    """For a terminal and output.xml: what answers may be no wall, or one in strange hands."""
    return "".join(c if c.isprintable() else " " for c in str(text)[:500])


def _pool(scheme: str, host: str, ca: str, environment: Mapping[str, str]) -> urllib3.PoolManager:
    options: dict[str, Any] = {"num_pools": 1, "maxsize": 1}
    if ca:
        options["ca_certs"] = ca
    proxy = _proxy(scheme, host, environment)
    return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)


def _proxy(scheme: str, host: str, environment: Mapping[str, str]) -> str:
    """The environment's proxy for this host, as other programs read it; lower case goes first.

    A wall on this very machine is asked directly: no proxy elsewhere can reach it.
    """
    if _is_loopback(host):
        return ""

    def of(name: str) -> str:
        return environment.get(name) or environment.get(name.upper()) or ""

    if proxy_bypass_environment(host, {"no": of("no_proxy")}):
        return ""
    proxy = of(f"{scheme}_proxy") or of("all_proxy")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: Exception) -> str:
    """The last link of urllib3's chain of causes, without the objects it names."""
    reason = getattr(error, "reason", None)
    if isinstance(reason, Exception):
        return _reason(reason)
    if error.args and isinstance(error.args[-1], ssl.SSLError):
        return _reason(error.args[-1])
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate does not verify: {error.verify_message}{_HINTS.get(error.verify_code, '')}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return f"TLS: {error.reason.lower().replace('_', ' ')}"
    text = str(error.args[-1] if error.args else error)
    return _NAMED_OBJECT.sub("", text)


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0
