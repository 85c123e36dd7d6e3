"""Reads what the API shows of the repositories and their commits. Raises `Unavailable` while Postgres is away."""

from __future__ import annotations

from typing import Any

from livewall_dashboard.history.commits import commit_list
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.postgres.database import Database

Row = dict[str, Any]


class CommitStore:
    """Rows have the API's names."""

    def __init__(self, database: Database):
        self._database = database

    def commits(
        self,
        repository: str | None = None,
        branch: str | None = None,
        commit: str | None = None,
        newer_than: str | None = None,
        up_to: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> tuple[list[Row], str | None]:
        """`limit` commits, the latest first, and the cursor of the next ones.

        `commit`: a hash's beginning; `newer_than`, `up_to`: whole hashes, between which they are.
        """
        asked = {"repository": repository, "branch": branch, "commit": commit, "newer_than": newer_than, "up_to": up_to}
        filters = {name: value for name, value in asked.items() if value is not None}
        with self._database.connection() as connection:
            return commit_list.in_order(connection, filters, after, limit)

    def repositories(self) -> list[Row]:
        """Repositories whose commits are known, by name."""
        with self._database.connection() as connection:
            return connection.execute(QUERIES["repositories"]).fetchall()
