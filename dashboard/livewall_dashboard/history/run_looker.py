"""Looks at runs that have ended: which of their tests have one history with others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection

import psycopg

from livewall_dashboard.base.background import Loop
from livewall_dashboard.history import identity
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.postgres.database import Database, is_outage

LOOK_EACH = 5.0
"""Seconds; imports and abandoned runs are seen then."""
SOON = 0.5
"""Seconds after a process has ended, when its run is likely to be finished; so a few times."""
TRIES = 4
AT_ONCE = 200
"""Runs, when there are as many from before this release."""

log = logging.getLogger(__name__)


class RunLooker:
    """`loop` looks, beside the recorder. `note_end` gets the key of a run that has ended, be it once more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ended: set[str] = set()
        self._lock = threading.Lock()
        self._tries = 0
        self._all_up_to = 0
        self.loop = Loop("identities of tests", self.look, lambda: SOON if self._tries else LOOK_EACH)

    def note_end(self, run: str) -> None:
        with self._lock:
            self._ended.add(run)
            self._tries = TRIES
        self.loop.wake()

    def look(self) -> None:
        """Raises Unavailable."""
        with self._lock:
            self._tries = max(0, self._tries - 1)
            ended = set(self._ended)
        still_running = self._look(ended)
        with self._lock:
            self._ended -= ended - still_running

    def _look(self, ended: Collection[str]) -> set[str]:
        """-> those that have not ended after all, as some of their processes still run."""
        with self._database.connection() as connection:
            keys = sorted(ended)
            running = connection.execute(QUERIES["still_running"], [keys]).fetchall()
            values = {"after": self._all_up_to, "limit": AT_ONCE}
            rows = connection.execute(QUERIES["runs_to_look_at"], values).fetchall()
            rows += connection.execute(QUERIES["runs_to_look_at_again"], [keys]).fetchall()
            for row in rows:
                self._look_at(connection, row["id"])
            if len(rows) < AT_ONCE:
                found = connection.execute(QUERIES["all_looked_at_up_to"], {"after": self._all_up_to}).fetchone()
                self._all_up_to = found["id"] if found else 0
        return {row["key"] for row in running}

    def _look_at(self, connection: identity.Connection, run_id: int) -> None:
        """A run that cannot be understood is passed over: it must not keep the others from being looked at."""
        try:
            with connection.transaction():
                identity.look_at_run(connection, run_id)
        except Exception as error:
            if isinstance(error, psycopg.Error) and is_outage(error):
                raise
            log.exception("The names of run number %d cannot be compared with others; it is passed over", run_id)
            connection.execute(QUERIES["looked_at"], [run_id])
