"""Behind nginx: who is asking, over which scheme, and under which host name, by the word of known proxies alone.

A proxy says so in `X-Forwarded-For`, `-Proto` and `-Host`. Anybody else can send these too, so from any other address
they are taken out before a part of the dashboard can see them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.settings import UNIX, Networks, Proxies

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_WHAT_TO_GIVE = (
    "Give the addresses that nginx connects from, such as 127.0.0.1 or 10.0.0.0/24, or unix for the Unix socket of "
    "--bind, with commas between."
)
_SAID_BY_PROXIES = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def parse_proxies(text: str) -> Proxies:
    """`127.0.0.1,10.0.0.0/24,unix` -> networks, and "unix". Raises Misconfigured."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(UNIX if part == UNIX else _network(part) for part in parts)


def parse_networks(text: str) -> Networks:
    """`10.0.0.0/8,192.168.1.7` -> networks. Raises Misconfigured."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(ip_network(part, strict=False) for part in parts)
    except ValueError as error:
        raise Misconfigured(f"--webhooks-to takes networks like 10.0.0.0/8: {error}.") from None


def install(app: Flask, trusted: Proxies) -> None:
    """Wraps whatever answers by now, Socket.IO included: to be called last."""
    app.wsgi_app = TrustedProxies(app.wsgi_app, trusted)  # type: ignore[method-assign]


class TrustedProxies:
    """Believes the last of each `X-Forwarded-*` of a trusted proxy, and nobody else's."""

    def __init__(self, application: WSGIApplication, trusted: Proxies):
        self._application = application
        self._behind_proxy = ProxyFix(application, x_for=1, x_proto=1, x_host=1)
        self._trusts = functools.lru_cache(maxsize=1024)(functools.partial(_is_in, trusted))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            return self._behind_proxy(environ, start_response)
        for name in [name for name in environ if name.startswith(_SAID_BY_PROXIES)]:
            del environ[name]
        return self._application(environ, start_response)


def _is_in(trusted: Proxies, address: str) -> bool:
    if address == UNIX:
        return UNIX in trusted
    try:
        asking = ip_address(address)
    except ValueError:
        return False
    if isinstance(asking, IPv6Address) and asking.ipv4_mapped:
        asking = asking.ipv4_mapped
    return any(asking in network for network in trusted if network != UNIX)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise Misconfigured(f"--trusted-proxies: {text!r} is no address and no network. {_WHAT_TO_GIVE}") from None
    if not network.prefixlen:
        raise Misconfigured(f"--trusted-proxies: {text} are all there are, and not all are proxies. {_WHAT_TO_GIVE}")
    return network
