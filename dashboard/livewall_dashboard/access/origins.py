"""Where a request comes from and which host it names, as far as it says so."""

from __future__ import annotations

import functools
import ipaddress
from urllib.parse import urlsplit

from flask import request


@functools.lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a host name or address leads to this machine alone."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@functools.lru_cache(maxsize=256)
def is_address(host: str) -> bool:
    """Whether it is an address, which is nobody's to point elsewhere, and no name."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@functools.lru_cache(maxsize=4096)
def neighbourhood(address: str | None) -> str:
    """Whom an address belongs to: an IPv6 one comes with 2^64 others that its owner may call from at will."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if known.version == 4 or known.ipv4_mapped:
        return str(address)
    return str(ipaddress.ip_network((known, 64), strict=False))


def host_name() -> str:
    """The host that the current request names; "" where it makes no sense."""
    return _name_of(request.host)


def is_from_elsewhere() -> bool:
    """Whether a browser says that a page of another origin is behind the request. Scripts send no Origin."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site")
    return _without_default_port(origin.partition("://")[2]) != _without_default_port(request.host)


@functools.lru_cache(maxsize=256)
def _name_of(netloc: str) -> str:
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _without_default_port(netloc: str) -> str:
    netloc = netloc.lower()
    name, _, port = netloc.rpartition(":")
    return name if port in ("80", "443") else netloc
