"""Brings the commits of a clone into the history, and finds the runs that were made at them."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import islice
from typing import Any, TypeVar

import psycopg

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.history.commits import run_commits
from livewall_dashboard.history.commits.commit_order import CommitOrder, Place, clock_time
from livewall_dashboard.history.commits.git_clone import GitClone, GitCommit
from livewall_dashboard.history.commits.repository_address import address_of
from livewall_dashboard.history.queries import QUERIES

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
T = TypeVar("T")

COMMITS_LOCK = 0x11FE_3A14
"""Key of the advisory lock of who reads a clone."""
MAX_MESSAGE = 100_000
"""Characters of a commit's message."""
MAX_BRANCH = 500
_AT_ONCE = 5_000
"""Commits in memory."""


@dataclass(frozen=True, slots=True)
class Summary:
    """`branches`: with something new; `passed_over`: with names too long; `linked`: runs that found their commit."""

    repository: str
    default_branch: str
    branches: list[str]
    passed_over: list[str]
    commits: int
    linked: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """`heads`: of the branches to read, the default one first."""

    default_branch: str
    heads: dict[str, str]
    passed_over: list[str]


def sync(
    connection: Connection,
    clone: GitClone,
    origin: str,
    *,
    name: str = "",
    usual_name: str = "",
    default_branch: str = "",
    patterns: Sequence[str] = (),
) -> Summary:
    """Read what is new, all of it or nothing. Raises `Misconfigured`.

    `origin`: the URL or path that was named; `name`: the repository's, where it is not to be found out; `usual_name`:
    what to call it where nobody knows it yet. `patterns`: of branches beside the default one; without, all are read.
    """
    clone.check()
    # Of several remotes the others may be forks, or what this is one of.
    cloned_from = list(clone.remotes().values())[:1]
    addresses = list(dict.fromkeys(address_of(text) for text in (*cloned_from, origin)))
    with connection.transaction():
        connection.execute(QUERIES["lock_commits"], [COMMITS_LOCK])
        repository = _repository(connection, name, usual_name, addresses)
        wanted = _wanted(clone, default_branch or repository["default_branch"], patterns)
        connection.execute(QUERIES["set_default_branch"], [wanted.default_branch, repository["id"]])
        connection.execute(QUERIES["add_addresses"], [repository["id"], [*addresses, address_of(repository["name"])]])
        branches, commits = _read_branches(connection, clone, repository["id"], wanted)
    linked = run_commits.link_all(connection, repository["id"])
    return Summary(repository["name"], wanted.default_branch, branches, wanted.passed_over, commits, linked)


def _repository(connection: Connection, name: str, usual_name: str, addresses: Sequence[str]) -> Row:
    """The one that lies there, or the one of this name; made where there is none."""
    there = connection.execute(QUERIES["repositories_at"], [list(addresses)]).fetchall()
    names = sorted(row["name"] for row in there)
    if name and names and name not in names:
        raise Misconfigured(f"This is known as {' and '.join(names)}, and cannot be {name!r}, too.")
    if not name and len(there) > 1:
        raise Misconfigured(f"This may be any of the repositories {', '.join(names)}: say by --name which one.")
    if not name and there:
        return there[0]
    wanted = name or usual_name or addresses[0].rpartition("/")[2] or addresses[0]
    if not 1 <= len(wanted) <= 200 or not wanted.isprintable():
        raise Misconfigured(
            f"{wanted[:100]!r} is no name for a repository: give one of at most 200 characters by --name."
        )
    known = connection.execute(QUERIES["repository_named"], [wanted]).fetchone()
    if known and not name:
        raise Misconfigured(
            f"There is another repository {wanted!r} already. If this is the same one, say --name {wanted}; else give "
            "this one a name of its own by --name."
        )
    made = known or connection.execute(QUERIES["add_repository"], [wanted]).fetchone()
    assert made is not None
    return made


def _wanted(clone: GitClone, default_branch: str, patterns: Sequence[str]) -> _Wanted:
    heads = clone.branches()
    if not heads:
        raise Misconfigured(f"There are no commits in {clone.folder}.")
    if default_branch not in heads:
        default_branch = clone.default_branch()
    if default_branch not in heads:
        raise Misconfigured(f"Which branch is the main one? Say it by --default-branch; there are {_some(heads)}.")
    for pattern in patterns:
        if not fnmatch.filter(heads, pattern):
            raise Misconfigured(f"There is no branch {pattern!r} in {clone.folder}; there are {_some(heads)}.")
    chosen = [each for each in sorted(heads) if not patterns or any(fnmatch.fnmatchcase(each, p) for p in patterns)]
    order = dict.fromkeys([default_branch, *chosen])
    fits = {each: heads[each] for each in order if len(each) <= MAX_BRANCH}
    return _Wanted(default_branch, fits, [each for each in order if each not in fits])


def _some(names: Iterable[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:10]) + (f" and {len(shown) - 10} more" if len(shown) > 10 else "")


def _read_branches(
    connection: Connection, clone: GitClone, repository_id: int, wanted: _Wanted
) -> tuple[list[str], int]:
    """The branches with something new, and the number of new commits."""
    rows = connection.execute(QUERIES["heads_read"], [repository_id]).fetchall()
    read = {row["name"]: row["head"] for row in rows}
    changed = {name: head for name, head in wanted.heads.items() if read.get(name) != head}
    for name in [name for name, head in changed.items() if name in read and not clone.contains(head, read[name])]:
        connection.execute(QUERIES["leave_branch"], [repository_id, name])
        del read[name]
    connection.execute(QUERIES["create_arriving_commits"])
    commits = 0
    for name, head in changed.items():
        is_default = name == wanted.default_branch
        # What another branch has is the other's, but for the default branch, which comes before all.
        without = [read[name]] if is_default and name in read else [] if is_default else list(read.values())
        commits += _read_branch(connection, clone, repository_id, name, head, without, is_default=is_default)
        connection.execute(QUERIES["note_head"], [repository_id, name, head])
        read[name] = head
    return list(changed), commits


def _read_branch(
    connection: Connection,
    clone: GitClone,
    repository_id: int,
    branch: str,
    head: str,
    without: Collection[str],
    *,
    is_default: bool,
) -> int:
    order = CommitOrder(branch, clone.first_parents(head, without))
    for commits in _chunks(clone.commits(head, without), _AT_ONCE):
        order.learn(_places(connection, repository_id, order.missing_parents(commits)))
        with connection.cursor().copy(QUERIES["copy_arriving_commits"]) as stream:
            for commit in commits:
                stream.write_row(_row(commit, order.place(commit)))
    values = {"repository": repository_id, "branch": branch, "is_default": is_default}
    stored = connection.execute(QUERIES["add_arriving_commits"], values)
    new = sum(bool(row["is_new"]) for row in stored)
    connection.execute(QUERIES["forget_arriving_commits"])
    return new


def _places(connection: Connection, repository_id: int, hashes: list[str]) -> dict[str, Place]:
    if not hashes:
        return {}
    rows = connection.execute(QUERIES["places_of"], [repository_id, hashes]).fetchall()
    return {row["hash"]: Place(row["uuid"], row["identifier"], row["branch"]) for row in rows}


def _row(commit: GitCommit, place: Place) -> tuple[object, ...]:
    return (
        place.uuid,
        datetime.fromtimestamp(clock_time(commit), timezone.utc),
        commit.hash,
        place.identifier,
        commit.author_name,
        commit.author_email,
        commit.message[:MAX_MESSAGE],
    )


def _chunks(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(items, size)):
        yield chunk
