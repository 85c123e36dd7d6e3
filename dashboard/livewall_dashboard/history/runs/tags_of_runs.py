"""Notes the tags of runs that a release before ended, so that they are found by them: once, after the start."""

from __future__ import annotations

from livewall_dashboard.base.background import Loop
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.postgres.database import Database

TESTS = 100_000
"""Of the runs that are noted at once: less than a second."""
PAUSE, REST = 1.0, 3600.0
"""Seconds: between two times, and when there is nothing more to do."""


class TagsOfRuns:
    """`loop` works from the latest run back. A wall that starts again goes on where there is something left."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._before: int | None = 2**31 - 1
        self.loop = Loop("tags of runs", self.note, lambda: REST if self._before is None else PAUSE)

    def note(self) -> None:
        """Those of some more runs. Raises Unavailable."""
        if self._before is None:
            return
        with self._database.connection() as connection:
            asked = {"before": self._before, "tests": TESTS}
            found = [row["id"] for row in connection.execute(QUERIES["runs_without_tags"], asked).fetchall()]
            for run_id in found:
                connection.execute(QUERIES["note_tags"], {"id": run_id})
        self._before = found[-1] if found else None
