"""What agents tell of a job goes to its webhook: kept until it was heard, signed, and never sent into our own house."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from livewall_dashboard.base.background import Loop
from livewall_dashboard.jobqueue.bodies import dumps
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.postgres.database import Database, Row
from livewall_dashboard.web.outgoing import WITHIN, Networks, NotSent, send

SIGNATURE = "X-Livewall-Signature"
LOOK_EACH = 5.0
MOST_TRIES = 8
FIRST_PAUSE = 5.0
"""Seconds after a failure; four times as many after each that follows: the last one comes after a day."""

log = logging.getLogger(__name__)


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
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers[SIGNATURE] = f"sha256={hmac.new(self._key.encode(), body, hashlib.sha256).hexdigest()}"
        status = send("POST", url, body, headers, self._allowed).status
        if not 200 <= status < 300:
            raise NotSent(f"{urlsplit(url).hostname} answers {status}")
