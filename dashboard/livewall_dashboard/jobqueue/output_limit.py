"""How much output is kept of each job: one that writes for ever must not fill the disk of all."""

from __future__ import annotations

import threading
from collections import OrderedDict
from uuid import UUID

from psycopg import Connection

from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.postgres.database import Row

REMEMBERED = 10_000
"""Jobs; of the one that has not written for longest it is read again how much it has."""
_FULL = -1


class OutputLimit:
    """State of one process: how much each job has written, begun from what is stored. `most`: megabytes."""

    def __init__(self, most: int) -> None:
        self._most = most * 1_000_000
        self.notice = f"\nlivewall: {most} MB of a job's output are kept, and this one has written more.\n".encode()
        """What stands in place of the first piece that is too much."""
        self._lock = threading.Lock()
        self._written: OrderedDict[UUID, int] = OrderedDict()

    def part_to_keep(self, connection: Connection[Row], job_id: UUID, data: bytes) -> bytes:
        """What is to be stored of this piece, which counts from now on: all of it, the notice, or nothing."""
        written = self._written.get(job_id)
        if written is None:
            written = self._stored(connection, job_id)
        if written == _FULL:
            part = b""
        else:
            part, written = (data, written + len(data)) if written + len(data) <= self._most else (self.notice, _FULL)
        self._remember(job_id, written)
        return part

    def forget(self, *job_ids: UUID) -> None:
        """What counts of these is not stored, perhaps: it is read again, and what could not be comes again."""
        with self._lock:
            for job_id in job_ids:
                self._written.pop(job_id, None)

    def _stored(self, connection: Connection[Row], job_id: UUID) -> int:
        row = connection.execute(QUERIES["output_size"], {"id": job_id, "notice": self.notice}).fetchone()
        return _FULL if not row or row["is_full"] else int(row["size"])

    def _remember(self, job_id: UUID, written: int) -> None:
        with self._lock:
            self._written[job_id] = written
            self._written.move_to_end(job_id)
            if len(self._written) > REMEMBERED:
                self._written.popitem(last=False)
