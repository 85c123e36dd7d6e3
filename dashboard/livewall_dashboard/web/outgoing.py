"""Requests of ours to addresses that others name: never into our own house, unless that is allowed."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import urllib3

WITHIN = 10.0
"""Seconds for whoever is asked to answer."""

Networks = Sequence[IPv4Network | IPv6Network]


class NotSent(Exception):
    """Why it was not heard, for people."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads, by the address that was looked at."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""


def send(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    allowed: Networks,
    *,
    what: str = "webhook",
    read: int = 0,
) -> Reply:
    """Raises NotSent. Follows nobody. `what` the address is, for people; `read`: bytes of the answer that are wanted.

    Who answers drop by drop holds up whoever reads: only of those that are trusted is any wanted.
    """
    target = target_of(url, allowed, what=what)
    named = {"Host": urlsplit(url).netloc.rpartition("@")[2], **headers}
    try:
        return _ask(method, target, body, named, read)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise NotSent(f"{target.host} does not answer: {_reason(error)}") from None
    except ValueError:  # which would quote what must not be seen
        text = "its address, or what it is to be shown, has characters that no head of a request has"
        raise NotSent(f"{target.host} cannot be asked: {text}") from None


def _reason(error: Exception) -> str:
    """What lies below it, but for what that says: it may quote an address with a token in it."""
    inner = next((said for said in error.args if isinstance(said, Exception)), error.__cause__ or error)
    if isinstance(inner, OSError) and inner.errno and not isinstance(inner, ssl.SSLError):
        return os.strerror(inner.errno)
    return type(inner).__name__


def target_of(url: str, allowed: Networks, *, what: str = "webhook") -> Target:
    """Raises NotSent for what is no address of the world outside, nor one that is allowed."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise NotSent(f"the {what} is no URL") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise NotSent(f"the {what} is no http or https URL")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent(f"{host[:200]} is not known") from None
    for *_, where in found:
        if _is_outside(ip_address(str(where[0]).partition("%")[0]), allowed):
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            return Target(parts.scheme, host, port, path, str(where[0]))
    raise NotSent(f"{host[:200]} is an address of this machine or its network: allow it by --webhooks-to")


def _is_outside(address: IPv4Address | IPv6Address, allowed: Networks) -> bool:
    plain = address.ipv4_mapped if isinstance(address, IPv6Address) and address.ipv4_mapped else address
    if any(plain.version == network.version and plain in network for network in allowed):
        return True
    return plain.is_global and not plain.is_multicast


def _ask(method: str, target: Target, body: bytes | None, headers: Mapping[str, str], read: int) -> Reply:
    """To the very address that was looked at: a name may lead elsewhere the next time."""
    pool: urllib3.HTTPConnectionPool
    if target.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            target.address, target.port, timeout=WITHIN, server_hostname=target.host, assert_hostname=target.host
        )
    else:
        pool = urllib3.HTTPConnectionPool(target.address, target.port, timeout=WITHIN)
    with pool:
        answer = pool.urlopen(
            method, target.path, body, dict(headers), retries=False, redirect=False, preload_content=False
        )
        try:
            return Reply(answer.status, answer.read(read) if read else b"")
        finally:
            answer.close()
