"""Register commits that a program tells of, one by one: part of the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

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


def register(connection: Connection, commits: Sequence[NewCommit]) -> list[KnownCommit]:
    """Store them -> the commits as they are known now, in the order given.

    What a clone says of its repository's commits counts more than what is told of them here.
    """
    repositories = _repositories(connection, {commit.repository for commit in commits})
    stored: dict[int, KnownCommit] = {}
    # In one order everywhere, lest two that register the same ones wait for each other.
    for place, commit in sorted(enumerate(commits), key=lambda item: (item[1].repository, item[1].key)):
        stored[place] = _register(connection, repositories[commit.repository], commit)
    return [stored[place] for place in range(len(commits))]


def link_run(connection: Connection, run_id: int, commits: Iterable[KnownCommit]) -> None:
    """Note the run's commits: of each repository the latest."""
    latest = {commit.repository: commit for commit in sorted(commits, key=lambda commit: commit.uuid)}
    values = {"run_id": run_id, "commits": [commit.id for commit in latest.values()]}
    connection.execute(QUERIES["link_run_to_commits"], values)


def _repositories(connection: Connection, names: set[str]) -> dict[str, Repository]:
    def known() -> dict[str, Repository]:
        rows = connection.execute(QUERIES["known_repositories"]).fetchall()
        return {row["name"]: repository_of(row) for row in rows if row["name"] in names}

    found = known()
    for name in sorted(names - found.keys()):
        connection.execute(QUERIES["add_named_repository"], [name])
    if names - found.keys():
        missing = names - found.keys()
        found = known()
        for name in sorted(missing):
            connection.execute(QUERIES["add_addresses"], [found[name].id, [address_of(name)]])
    return found


def _register(connection: Connection, repository: Repository, commit: NewCommit) -> KnownCommit:
    branch = commit.branch if commit.branch not in MAIN_BRANCHES else repository.default_branch or MAIN_BRANCHES[0]
    told = {
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
    known = connection.execute(QUERIES["commits_by_hash"], told).fetchone()
    if known is not None and repository.is_read:
        if branch not in (known["branch"], ""):
            connection.execute(QUERIES["note_branch_of_commit"], {**told, "id": known["id"], "uuid": known["uuid"]})
        return commits_of([known], repository.name)[0]
    if known is None or any(known[name] != told[name] for name in known if name not in ("id", "author_email")):
        if known is not None and known["branch"] not in (branch, ""):
            connection.execute(QUERIES["note_branch_of_commit"], known)
        author = None if told["author"] is None else Jsonb(told["author"])
        known = connection.execute(QUERIES["register_commit"], {**told, "author": author}).fetchone()
    assert known is not None
    return commits_of([known], repository.name)[0]
