"""What the timeline and the page of a test read beside `history/store.py`."""

from __future__ import annotations

from typing import Any, Literal

from livewall_dashboard.history.runs.run_list import RunFilter
from livewall_dashboard.history.timeline import messages, model, picture
from livewall_dashboard.postgres.database import Database


class TimelineStore:
    """Raises `Unavailable` while Postgres is away."""

    def __init__(self, database: Database):
        self._database = database

    def timeline(
        self,
        longname: str | None = None,
        limit: int = 60,
        folder: str | None = None,
        parts: Literal["true"] | None = None,
        **wanted: Any,
    ) -> model.Timeline:
        """Of each setup its `limit` latest runs with the test, or as a whole; of those a `folder`, or its `parts`.

        `wanted`: of `RunFilter`. Raises BadRequest.
        """
        chosen = picture.Chosen(longname, folder or "", is_split=parts is not None)
        with self._database.connection() as connection:
            return picture.read(connection, chosen, RunFilter(**wanted), limit)

    def messages(self, longname: str, **wanted: Any) -> list[model.MessageGroup]:
        """What the test failed with, the most frequent reason first. `wanted`: of `RunFilter`."""
        with self._database.connection() as connection:
            return messages.read(connection, longname, RunFilter(**wanted))
