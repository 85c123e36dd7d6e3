"""What names and addresses of hosts mean."""

from __future__ import annotations

import functools
import ipaddress
from urllib.parse import urlsplit


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


@functools.lru_cache(maxsize=256)
def name_of(netloc: str) -> str:
    """`localhost:8000` -> `localhost`; "" where it makes no sense."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def is_same_place(one: str, other: str) -> bool:
    """Whether two `host:port` mean the same, for a browser."""
    return _without_default_port(one) == _without_default_port(other)


def _without_default_port(netloc: str) -> str:
    netloc = netloc.lower()
    name, _, port = netloc.rpartition(":")
    return name if port in ("80", "443") else netloc
