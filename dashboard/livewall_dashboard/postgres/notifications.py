"""What Postgres tells whoever listens: NOTIFY, on a connection that does nothing else."""

from __future__ import annotations

from collections.abc import Callable

from psycopg import sql

from livewall_dashboard.postgres.database import Connection, conninfo, unavailable_when_away

RETRY_AFTER = 1.0
"""Seconds between two tries to connect."""
WAIT_WITHIN = 1.0
"""Seconds for which `work` listens, until whoever calls it over and over may end."""


class Listener:
    """Calls `on_notify(payload)` for what is notified on `channel`, in the thread that calls `work`.

    What is notified while it is not connected is missed.
    """

    def __init__(self, url: str, channel: str, on_notify: Callable[[str], object]) -> None:
        self._url = url
        self._channel = channel
        self._on_notify = on_notify
        self._connection: Connection | None = None

    def pause(self) -> float:
        """Seconds to wait before `work`: none while it listens."""
        return 0.0 if self._connection is not None else RETRY_AFTER

    def work(self) -> None:
        """Listens for a while. Raises Unavailable."""
        try:
            with unavailable_when_away():
                connection = self._connection or self._connect()
                for notify in connection.notifies(timeout=WAIT_WITHIN):
                    self._on_notify(notify.payload)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> Connection:
        connection = Connection.connect(conninfo(self._url), autocommit=True)
        self._connection = connection
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        return connection
