"""Commits as programs look for them: by a reference, in a range of a branch, beside one another.

They are the same as those that `livewall commits sync` reads. The axis is `uuid`: time x 100 + order.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
from psycopg import sql

from livewall_dashboard.history.queries import QUERIES

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

ORDERS = 100
"""Commits that one second has room for."""
MAIN_BRANCHES = ("main", "master", "trunk")
"""A branch of one of these names is a repository's main one."""
LATEST = 2**63 - 1
"""No uuid is greater."""


@dataclass(frozen=True, slots=True)
class Repository:
    """`is_read`: from a clone, which then knows better than what is said of its commits."""

    id: int
    name: str
    default_branch: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class KnownCommit:
    """A commit on a branch. `hash` and `identifier` may be ""; `author`: {name, emails}."""

    id: int
    repository: str
    branch: str
    uuid: int
    hash: str
    revision: int | None
    identifier: str
    author: Mapping[str, Any] | None
    message: str

    @property
    def timestamp(self) -> int:
        return self.uuid // ORDERS

    @property
    def place(self) -> tuple[int, str, int, str]:
        """What commits of several repositories are sorted by."""
        return self.uuid, self.repository, self.revision or 0, self.branch


class KnownCommits:
    """Those of all repositories, as one connection sees them."""

    def __init__(self, connection: Connection):
        self._connection = connection

    @cached_property
    def repositories(self) -> dict[str, Repository]:
        """By name, in its order."""
        rows = self._connection.execute(QUERIES["known_repositories"]).fetchall()
        return {row["name"]: repository_of(row) for row in rows}

    def by_ref(self, repository: str, ref: str, limit: int = 100) -> list[KnownCommit]:
        """`ref`: the beginning of a hash, an identifier or an r with a revision; or a whole revision's number."""
        is_revision = ref.isdecimal()
        values = {"ref": f"r{ref}" if is_revision else ref.lower(), "is_revision": is_revision, "limit": limit}
        return self._read(QUERIES["commits_by_ref"], repository, values)

    def on_branch(
        self,
        repository: str,
        branch: str = "",
        *,
        begin: int = 0,
        end: int = LATEST,
        limit: int | None = None,
        oldest_first: bool = False,
    ) -> list[KnownCommit]:
        """Commits from `begin` to `end`, both included; of more than `limit` the newest, or the oldest.

        `branch`: "" for the default one.
        """
        query = QUERIES["commits_on_branch"].format(direction=sql.SQL("ASC" if oldest_first else "DESC"))
        values = {
            "branch": branch or self.default_branch(repository),
            "begin": min(begin, LATEST),
            "end": min(end, LATEST),
            "is_read": self.repositories[repository].is_read,
            "limit": limit,
        }
        return self._read(query, repository, values)

    def beside(self, commit: KnownCommit, *, later: bool) -> KnownCommit | None:
        """The next one of its branch, or the one before."""
        bounds = {"begin": commit.uuid + 1, "end": now() - 1} if later else {"begin": 1, "end": commit.uuid - 1}
        found = self.on_branch(commit.repository, commit.branch, **bounds, limit=1, oldest_first=later)
        return found[0] if found else None

    def siblings(self, commit: KnownCommit) -> dict[str, list[KnownCommit]]:
        """What the other repositories had at the commit: their commits until its next one, the newest first."""
        following = self.beside(commit, later=True)
        begin, end = commit.timestamp * ORDERS, following.timestamp * ORDERS if following else now()
        found = {}
        for name in self.repositories:
            if name != commit.repository:
                branch = self._branch_beside(commit, name)
                later = self.on_branch(name, branch, begin=begin + 1, end=end - 1)
                found[name] = later + self.on_branch(name, branch, end=begin, limit=1)
        return found

    def branches(self, repository: str, beginning: str = "", limit: int = 100) -> list[str]:
        values = {"repository": self.repositories[repository].id, "beginning": beginning, "limit": limit}
        rows = self._connection.execute(QUERIES["branches_with_commits"], values).fetchall()
        return [row["branch"] for row in rows]

    def default_branch(self, repository: str) -> str:
        return self.repositories[repository].default_branch or MAIN_BRANCHES[0]

    def _branch_beside(self, commit: KnownCommit, repository: str) -> str:
        is_main = commit.branch == self.default_branch(commit.repository)
        if is_main or not self.branches(repository, commit.branch, 1):
            return self.default_branch(repository)
        return commit.branch

    def _read(self, query: sql.SQL | sql.Composed, repository: str, values: Row) -> list[KnownCommit]:
        values["repository"] = self.repositories[repository].id
        return commits_of(self._connection.execute(query, values).fetchall(), repository)


def now() -> int:
    """The greatest uuid that a commit has by now."""
    return int(time.time()) * ORDERS


def repository_of(row: Row) -> Repository:
    return Repository(**row)


def commits_of(rows: Sequence[Row], repository: str) -> list[KnownCommit]:
    return [
        KnownCommit(
            row["id"],
            repository,
            row["branch"],
            row["uuid"],
            # Where Subversion alone has it, its revision stands for the hash.
            "" if row["hash"].startswith("r") else row["hash"],
            row["revision"],
            row["identifier"],
            row["author"] or _author(row["author_name"], row["author_email"]),
            row["message"],
        )
        for row in rows
    ]


def _author(name: str, email: str) -> dict[str, Any] | None:
    if not name and not email:
        return None
    return {"name": name or email, "emails": [email] if email else []}
