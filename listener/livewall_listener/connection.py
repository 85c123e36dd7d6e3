"""One kept-alive line to an HTTP server: everything with a timeout, an answer or a reason."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed lacks it

import urllib3

from livewall_listener.settings import redacted

CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 15.0
_MOST = 1024 * 1024
"""Bytes of an answer that `send` reads."""
_TROUBLE = (urllib3.exceptions.HTTPError, OSError, ValueError)
_UNKNOWN_AUTHORITY = "; give the file with its authority's certificate as LIVEWALL_CA"
_NAMED_OBJECT = re.compile(r"^(<.* object at .*?>|\w+\(.*?\)): ")
"""How urllib3 begins its errors, the older and the newer one."""
_HINTS = dict.fromkeys((18, 19, 20, 21), _UNKNOWN_AUTHORITY)
"""For OpenSSL's codes of a chain that ends at nobody known."""


class Unreachable(Exception):
    """No answer; says why, for people."""


class Answer:
    """`status`, `headers`, and what was read of the body; `end` gives the line back for the next request."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.data = b""
        self._response = response

    def read(self, size: int) -> bytes:
        """Raises Unreachable."""
        try:
            return self._response.read(size)
        except _TROUBLE as error:
            raise Unreachable(_reason(error)) from None

    def end(self) -> None:
        if len(self.data) < _MOST:
            self._response.release_conn()
        else:
            self._response.close()

    def cut(self) -> None:
        """Its rest is not wanted."""
        self._response.close()


class Connection:
    """For one thread. `url` may hold user and password; a token goes before them."""

    def __init__(self, url: str, *, token: str, ca: str, environment: Mapping[str, str], agent: str) -> None:
        parts = urlsplit(url)
        self.shown = redacted(url)
        self._headers = {"User-Agent": agent}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        elif parts.username:
            credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers.update(urllib3.make_headers(basic_auth=credentials))
        self._pool = _pool(parts.scheme, parts.hostname or "", ca, environment)

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, **how: float
    ) -> Answer:
        """`body`: bytes or a file; `how` as for `begin`. What is longer than the limit is cut. Raises Unreachable."""
        answer = self.begin(method, path, body, headers, **how)
        answer.data = answer.read(_MOST)
        answer.end()
        return answer

    def begin(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        read_timeout: float | None = None,
    ) -> Answer:
        """An answer whose body is still to be read. Raises Unreachable."""
        try:
            response = self._pool.request(
                method,
                self.shown + path,
                body=body,
                headers={**self._headers, **(headers or {})},
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=read_timeout or READ_TIMEOUT),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except _TROUBLE as error:
            raise Unreachable(_reason(error)) from None
        return Answer(response)

    def close(self) -> None:
        self._pool.clear()


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
