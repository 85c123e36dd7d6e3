"""Looks at runs that have ended: which of their tests have one history with others, and which commit they are of."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection

import psycopg

from livewall_dashboard.base.background import Loop
from livewall_dashboard.history.commits import run_commits
from livewall_dashboard.history.identity import identity
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.postgres.database import Database, is_outage

log = logging.getLogger(__name__)

LOOK_EACH = 5.0
"""Seconds; imports and abandoned runs are seen then."""
GATHER = 0.3
"""Seconds for which runs that end meanwhile are looked at together, by a connection that is made for it."""
SOON = 0.5
"""Seconds after a process has ended, when its run is likely to be finished; so a few times."""
TRIES = 4
AT_ONCE = 200
FOR_SECONDS = 10.0
"""So many runs, and so long, where there are many: those from before this release."""
STUCK_AFTER = 900.0
"""Seconds; where thousands of tests with many results are found to be one, all their runs are compared."""


class RunLooker:
    """`loop` looks, beside the recorder. `note_end` gets the key of a run that has ended, be it once more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ended: set[str] = set()
        self._lock = threading.Lock()
        self._tries = 0
        self._all_up_to = 0
        self.loop = Loop("identities of tests", self.look, self._pause, gather=GATHER, stuck_after=STUCK_AFTER)

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
        runs, still_running = self._runs(ended)
        if runs:
            identity.beside_requests(self._database, _look_at, runs)
        with self._lock:
            self._ended -= ended - still_running

    def _pause(self) -> float:
        return SOON if self._tries else LOOK_EACH

    def _runs(self, ended: Collection[str]) -> tuple[list[int], set[str]]:
        """Those to look at, and which of the ended ones have not: other processes of theirs still run."""
        keys = sorted(ended)
        values = {"after": self._all_up_to, "limit": AT_ONCE}
        with self._database.connection() as connection:
            running = connection.execute(QUERIES["still_running"], [keys]).fetchall()
            rows = connection.execute(QUERIES["runs_to_look_at_again"], [keys]).fetchall()
            rows += connection.execute(QUERIES["runs_to_look_at"], values).fetchall()
            if not rows:
                found = connection.execute(QUERIES["all_looked_at_up_to"], {"after": self._all_up_to}).fetchone()
                self._all_up_to = found["id"] if found else 0
        return [row["id"] for row in rows], {row["key"] for row in running}


def _look_at(connection: identity.Connection, runs: list[int]) -> None:
    """As many as there is time for; a run that cannot be understood is passed over, lest it holds up the others."""
    until = time.monotonic() + FOR_SECONDS
    for run in runs:
        if time.monotonic() > until:
            break
        try:
            with connection.transaction():
                run_commits.link_ended(connection, run)
                identity.look_at_run(connection, run)
        except Exception as error:
            if isinstance(error, psycopg.Error) and is_outage(error):
                raise
            log.exception("The names of run number %d cannot be compared with others; it is passed over", run)
            connection.execute(QUERIES["looked_at"], [run])
