"""Distances of bundles from their bases, in Postgres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from livewall_dashboard.branches.queries import QUERIES
from livewall_dashboard.postgres.database import Database


@dataclass(frozen=True, slots=True)
class MadeOf:
    """A commit of the newest build of a bundle. `base`: from which its distance is known, None for none."""

    bundle_id: int
    bundle: str
    repository: str
    commit: str
    base: str | None


@dataclass(frozen=True, slots=True)
class Distance:
    """`ahead`: how many commits `commit` has that `base` has not; `behind`: the other way round."""

    bundle_id: int
    repository: str
    commit: str
    base: str
    ahead: int
    behind: int


class DistanceStore:
    """Raises Unavailable while Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def made_of(self, project: str) -> list[MadeOf]:
        """All that the living bundles of a project are made of: sticky ones first, then by their last push."""
        with self._database.connection() as connection:
            return [MadeOf(**row) for row in connection.execute(QUERIES["commits_to_measure"], [project]).fetchall()]

    def put(self, distances: Sequence[Distance]) -> None:
        """Of bundles that may be gone meanwhile."""
        with self._database.connection() as connection, connection.cursor() as cursor:
            cursor.executemany(QUERIES["put_distance"], [asdict(each) for each in distances])
