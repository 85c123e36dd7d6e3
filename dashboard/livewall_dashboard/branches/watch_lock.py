"""One wall watches the branches of a database: the one that holds this lock."""

from __future__ import annotations

import threading
import time

import psycopg

from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.branches.queries import QUERIES
from livewall_dashboard.postgres.database import Connection, conninfo, unavailable_when_away

LOCK = 0x11FE_3A40
"""Key of the advisory lock. It ends with its connection, so with the wall, however that ends."""
LOOK_EACH = 2.0
"""Seconds after which it is asked again whether the lock is ours."""


class WatchLock:
    """Any thread may ask; a connection of its own holds the lock."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._looked_at = float("-inf")
        self._is_ours = False

    @property
    def is_ours(self) -> bool:
        """False, too, while Postgres is away."""
        with self._lock:
            if time.monotonic() - self._looked_at > LOOK_EACH:
                self._is_ours = self._look()
                self._looked_at = time.monotonic()
            return self._is_ours

    def close(self) -> None:
        with self._lock:
            self._drop()
            self._looked_at, self._is_ours = float("inf"), False

    def _look(self) -> bool:
        try:
            with unavailable_when_away():
                connection = self._connection or self._connect()
                if self._is_ours:
                    connection.execute(QUERIES["now"])  # where the connection is gone, so is the lock
                    return True
                row = connection.execute(QUERIES["take_lock"], [LOCK]).fetchone()
                return bool(row and row[0])
        except (Unavailable, psycopg.Error):
            self._drop()
            return False

    def _connect(self) -> Connection:
        self._connection = Connection.connect(conninfo(self._url), autocommit=True)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
