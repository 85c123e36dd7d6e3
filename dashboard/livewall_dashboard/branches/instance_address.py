"""Where instances are reached: by people, and by the nginx that leads them there."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from livewall_agent.instancewire import RUNNING
from livewall_dashboard.access.origins import is_loopback
from livewall_dashboard.base.settings import Networks, Settings, url_of
from livewall_dashboard.lab.model import Lab
from livewall_dashboard.postgres.database import Row

UrlOf = Callable[[Row], str | None]
"""Of a row of an instance that is heard of."""

LOWEST_PORT = 1024
"""The kernel gives none below."""


def address_of(settings: Settings, lab: Callable[[], Lab]) -> UrlOf:
    """By a name of its own where nginx shows it; else, on a wall that its own machine alone reaches, by its port."""
    is_direct = is_loopback(settings.reached_by)

    def url(row: Row) -> str | None:
        if not _runs(row):
            return None
        if lab().instances.domain:
            return f"{origin_of(lab(), row['number'])}/"
        return f"{url_of(row['host'], row['port'])}/" if is_direct else None

    return url


def origin_of(lab: Lab, number: int) -> str:
    """Of an instance that nginx shows, without a slash at its end."""
    return f"{urlsplit(lab.url).scheme}://{number}.{lab.instances.domain}"


def upstream_of(row: Row, settings: Settings) -> str | None:
    """host:port for nginx, None where there is nothing to be reached.

    Never to what belongs to the wall itself.
    """
    if not _runs(row) or row["port"] < LOWEST_PORT:
        return None
    try:
        host = ip_address(row["host"])
    except ValueError:
        return None
    if host.is_loopback and row["port"] == settings.port and not settings.unix_socket:
        return None
    return f"[{host}]:{row['port']}" if host.version == 6 else f"{host}:{row['port']}"


def agents_host(said: str, caller: str, allowed: Networks) -> str:
    """Where an agent that calls from the address `caller`, and says that it is reached at `said`, is reached.

    That is its caller's address, or one that is allowed: else a token for agents would open to its holder all that
    the wall's machine reaches.
    """
    for found in _addresses(said) if said else ():
        if str(found) == caller or any(found.version == each.version and found in each for each in allowed):
            return str(found)
    return caller


def _addresses(host: str) -> list[IPv4Address | IPv6Address]:
    try:
        told = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return [ip_address(str(where[0]).partition("%")[0]) for *_, where in told]
    except (OSError, UnicodeError, ValueError):
        return []


def _runs(row: Row) -> bool:
    return bool(row["state"] == RUNNING and not row["is_away"] and row["host"] and row["port"])
