"""Branches in Postgres: as their remotes had them at the last look, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psycopg import Connection

from livewall_dashboard.branches.mirror import Branch
from livewall_dashboard.branches.queries import QUERIES
from livewall_dashboard.branches.ref_changes import Change, Known, ref_changes
from livewall_dashboard.postgres.database import Database, Row


@dataclass(frozen=True, slots=True)
class Place:
    """A remote of a project's repository."""

    project: str
    repository: str
    remote: str

    def as_row(self) -> Row:
        return {"project": self.project, "repository": self.repository, "remote": self.remote}


class BranchStore:
    """Raises Unavailable while Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def store(self, place: Place, seen: Sequence[Branch], is_part: Callable[[str, str], bool]) -> list[Change]:
        """What a look found, whole or not at all -> what is other than before."""
        with self._database.connection() as connection:
            known = [Known(**row) for row in connection.execute(QUERIES["heads_of_remote"], place.as_row()).fetchall()]
        changes = ref_changes(known, seen, is_part)
        with self._database.connection() as connection, connection.transaction():
            was = connection.execute(QUERIES["was_fetched"], place.as_row()).fetchone()
            is_first_look = not (was and was["was"])
            gone = [{"id": change.known.id} for change in changes if change.branch is None and change.known]
            put = [_put(place, change, is_first_look=is_first_look) for change in changes if change.branch]
            _execute_each(connection, "drop_branch", gone)
            _execute_each(connection, "put_branch", put)
            connection.execute(QUERIES["note_fetch"], {**place.as_row(), "trouble": ""})
        return changes

    def note(self, place: Place, trouble: str) -> None:
        """How a look ended that found nothing new: "" where it went well."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["note_fetch"], {**place.as_row(), "trouble": trouble[:1000]})


def _put(place: Place, change: Change, *, is_first_look: bool) -> Row:
    branch, known = change.branch, change.known
    assert branch is not None
    return {
        **place.as_row(),
        "name": branch.name,
        "commit": branch.commit,
        "subject": branch.subject,
        "author": branch.author,
        "committed_at": branch.committed_at,
        "is_first_look": is_first_look,
        "kind": change.kind,
        "before": known.commit if known and known.is_there else "",
        "former": change.former,
    }


def _execute_each(connection: Connection[Row], name: str, values: Sequence[Row]) -> None:
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(QUERIES[name], values)
