"""What agents tell of a job goes to its webhook: kept until it was heard, signed, and never sent into our own house."""

from __future__ import annotations

import hashlib
import hmac
import logging
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import urllib3

from livewall_dashboard.base.background import Loop
from livewall_dashboard.jobqueue.bodies import dumps
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.postgres.database import Database, Row

SIGNATURE = "X-Livewall-Signature"
LOOK_EACH = 5.0
WITHIN = 10.0
"""Seconds for a receiver to answer."""
MOST_TRIES = 8
FIRST_PAUSE = 5.0
"""Seconds after a failure; four times as many after each that follows: the last one comes after a day."""

Networks = Sequence[IPv4Network | IPv6Network]

log = logging.getLogger(__name__)


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


class Webhooks:
    """`key`: what bodies are signed with, "" for not at all. `allowed`: addresses of our own house that may be told."""

    def __init__(self, database: Database, *, key: str = "", allowed: Networks = ()) -> None:
        self._database = database
        self._key = key
        self._allowed = allowed
        self.loop = Loop("webhooks of jobs", self.work, LOOK_EACH, stuck_after=120.0)
        self.failed = 0
        """Given up, since the start."""

    def put(self, job_id: UUID, url: str, body: Mapping[str, Any]) -> None:
        """Raises Unavailable; from then on it is sent, whatever ends meanwhile."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["put_webhook"], {"job": job_id, "url": url, "body": dumps(body)})
        self.loop.wake()

    def work(self) -> None:
        """Sends what is due. Raises Unavailable."""
        while (row := self._next()) is not None:
            try:
                self._send(row["url"], dumps(row["body"]).encode())
            except NotSent as error:
                self._note(row["id"], str(error), again=row["tries"] < MOST_TRIES)
            else:
                self._note(row["id"], "", again=False)

    def _next(self) -> Row | None:
        """Taken for as long as it may last: killed meanwhile, we send it once more."""
        with self._database.connection() as connection:
            values = {"first": FIRST_PAUSE, "within": WITHIN}
            return connection.execute(QUERIES["next_webhook"], values).fetchone()

    def _note(self, number: int, trouble: str, *, again: bool) -> None:
        if trouble and not again:
            self.failed += 1
            log.warning("A webhook is given up: %s", trouble)
        with self._database.connection() as connection:
            connection.execute(QUERIES["note_webhook"], {"id": number, "trouble": trouble[:1000], "again": again})

    def _send(self, url: str, body: bytes) -> None:
        target = target_of(url, self._allowed)
        headers = {"Content-Type": "application/json", "Host": urlsplit(url).netloc.rpartition("@")[2]}
        if self._key:
            headers[SIGNATURE] = f"sha256={hmac.new(self._key.encode(), body, hashlib.sha256).hexdigest()}"
        try:
            status = _post(target, body, headers)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise NotSent(f"{target.host} does not answer: {type(error).__name__}") from None
        if not 200 <= status < 300:
            raise NotSent(f"{target.host} answers {status}")


def target_of(url: str, allowed: Networks) -> Target:
    """Raises NotSent for what is no address of the world outside, nor one that is allowed."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise NotSent("the webhook is no URL") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise NotSent("the webhook is no http or https URL")
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


def _post(target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    """To the very address that was looked at: a name may lead elsewhere the next time. Follows nobody."""
    pool: urllib3.HTTPConnectionPool
    if target.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            target.address, target.port, timeout=WITHIN, server_hostname=target.host, assert_hostname=target.host
        )
    else:
        pool = urllib3.HTTPConnectionPool(target.address, target.port, timeout=WITHIN)
    with pool:
        answer = pool.urlopen(
            "POST", target.path, body, dict(headers), retries=False, redirect=False, preload_content=False
        )
        answer.close()
        return answer.status
