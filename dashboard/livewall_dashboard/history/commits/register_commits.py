"""Register commits that a program tells of, one by one, and find the runs that were made at them before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Json, Jsonb

from livewall_dashboard.history.commits import run_commits
from livewall_dashboard.history.commits.known_commits import (
    MAIN_BRANCHES,
    ORDERS,
    KnownCommit,
    Repository,
    commits_of,
    repository_of,
)
from livewall_dashboard.history.commits.repository_address import address_of
from livewall_dashboard.history.commits.sync_commits import MAX_MESSAGE
from livewall_dashboard.history.queries import QUERIES

Row = dict[str, Any]
Connection = psycopg.Connection[Row]


_TOLD = ("repository_id", "branch", "uuid", "identifier", "hash", "revision", "author", "author_name", "message")
"""What is stored as it is told, and told again where it has changed."""


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit as it is told of. `identifier`: its number, such as `12` or `12.1`, without the branch; "" for none.

    One of `hash` and `revision` is there. `uuid`: its time x 100 + its order. `author`: {name, emails}.
    """

    repository: str
    branch: str
    uuid: int
    hash: str = ""
    revision: int | None = None
    identifier: str = ""
    author: Mapping[str, Any] | None = None
    message: str = ""

    @property
    def key(self) -> str:
        """What it is stored by: a commit of Subversion alone has no hash."""
        return self.hash or f"r{self.revision}"


class Registration:
    """`known` is asked first; `register` is part of a transaction of the caller's, `link_runs` comes after it."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._new: list[KnownCommit] = []

    def known(self, commits: Sequence[NewCommit]) -> list[KnownCommit] | None:
        """All of them, where there is nothing to store; mostly so, as a commit is told of with each of its uploads."""
        told = [{"place": no, "repository": one.repository, "hash": one.key} for no, one in enumerate(commits)]
        rows = self._connection.execute(QUERIES["told_commits"], [Json(told)]).fetchall()
        if len(rows) < len(commits):
            return None
        for commit, row in zip(commits, rows, strict=True):
            repository = Repository(row["repository_id"], row["name"], row["default_branch"], row["is_read"])
            if _differs(repository, _row(repository, commit), row):
                return None
        return [commits_of([row], row["name"])[0] for row in rows]

    def register(self, commits: Sequence[NewCommit]) -> list[KnownCommit]:
        """Store them -> the commits as they are known now, in the order given.

        What a clone says of its repository's commits counts more than what is told of them here.
        """
        repositories = self._repositories({commit.repository for commit in commits})
        stored: dict[int, KnownCommit] = {}
        # In one order everywhere, lest two that register the same ones wait for each other.
        for place, commit in sorted(enumerate(commits), key=lambda item: (item[1].repository, item[1].key)):
            stored[place] = self._register(repositories[commit.repository], commit)
        return [stored[place] for place in range(len(commits))]

    def link_runs(self) -> None:
        """Runs that were reported before their commit was known are made at it from now on."""
        run_commits.link_new(self._connection, [commit.id for commit in self._new])

    def _repositories(self, names: set[str]) -> dict[str, Repository]:
        found = self._known_repositories(names)
        if missing := sorted(names - found.keys()):
            for name in missing:
                self._connection.execute(QUERIES["add_named_repository"], [name])
            found = self._known_repositories(names)
            for name in missing:
                self._connection.execute(QUERIES["add_addresses"], [found[name].id, [address_of(name)]])
        return found

    def _known_repositories(self, names: set[str]) -> dict[str, Repository]:
        rows = self._connection.execute(QUERIES["known_repositories"]).fetchall()
        return {row["name"]: repository_of(row) for row in rows if row["name"] in names}

    def _register(self, repository: Repository, commit: NewCommit) -> KnownCommit:
        told = _row(repository, commit)
        known = self._connection.execute(QUERIES["commits_by_hash"], told).fetchone()
        if known is None:
            made = self._connection.execute(QUERIES["register_commit"], _to_store(told)).fetchone()
            self._new += commits_of([made] if made else [], repository.name)
            return self._new[-1]
        if not _differs(repository, told, known):
            pass
        elif repository.is_read:
            self._note_branch({**told, "id": known["id"], "uuid": known["uuid"]})
        else:
            if known["branch"] not in (told["branch"], ""):
                self._note_branch(known)
            known = self._connection.execute(QUERIES["register_commit"], _to_store(told)).fetchone() or known
        return commits_of([known], repository.name)[0]

    def _note_branch(self, row: Row) -> None:
        self._connection.execute(QUERIES["note_branch_of_commit"], row)


def _differs(repository: Repository, told: Row, known: Row) -> bool:
    """Whether there is something to store of a commit that is known."""
    if repository.is_read:
        return told["branch"] not in (known["branch"], "")
    return any(known[name] != told[name] for name in _TOLD)


def _row(repository: Repository, commit: NewCommit) -> Row:
    branch = commit.branch if commit.branch not in MAIN_BRANCHES else repository.default_branch or MAIN_BRANCHES[0]
    return {
        "repository": repository.id,
        "repository_id": repository.id,
        "branch": branch,
        "uuid": commit.uuid,
        "timestamp": commit.uuid // ORDERS,
        "hash": commit.key,
        "revision": commit.revision,
        "identifier": f"{commit.identifier}@{branch}" if commit.identifier else "",
        "author_name": commit.author["name"] if commit.author else "",
        "author_email": next(iter(commit.author["emails"]), "") if commit.author else "",
        "author": dict(commit.author) if commit.author else None,
        "message": commit.message[:MAX_MESSAGE],
    }


def _to_store(row: Row) -> Row:
    return {**row, "author": None if row["author"] is None else Jsonb(row["author"])}
