"""Which commits of the repositories we know a run was made at, by the words its node has for them.

Commits and runs become known in any order, and both at once. Whoever makes commits known looks for their runs when that
is committed, and each run that has ended looks for its commit: of the two the later one sees the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg.types.json import Json

from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.history.commits.given_commit import GivenCommit
from livewall_dashboard.history.commits.repository_address import address_of
from livewall_dashboard.history.queries import QUERIES

Connection = psycopg.Connection[dict[str, Any]]

_HASH = re.compile(r"[0-9a-f]{7,64}")
"""An abbreviation that is shorter means too little."""


def link(connection: Connection, run_id: int, repository: str, commit: str) -> None:
    """Note the commit of a run that is being registered, if it is known. Part of the registration's transaction."""
    text = commit.lower()
    if _HASH.fullmatch(text):
        address = address_of(repository) if repository else ""
        connection.execute(QUERIES["link_run"], {"run_id": run_id, "hash": text, "address": address})


def link_ended(connection: Connection, run_id: int) -> None:
    """Note it for a run that has ended, if it has become known meanwhile."""
    for row in connection.execute(QUERIES["words_of_unlinked_run"], [run_id]).fetchall():
        link(connection, run_id, row["repository"], row["hash"])


def link_all(connection: Connection, repository_id: int) -> int:
    """Note it for all runs that may be of this repository, once its commits are stored -> for how many."""
    texts = [row["repository"] for row in connection.execute(QUERIES["named_repositories"]).fetchall()]
    named = _that_mean(connection, repository_id, texts)
    return _link_runs(connection, "words_of_repositories", {"repository": repository_id, "named": named})


def link_new(connection: Connection, commits: Sequence[int]) -> None:
    """Note it for all runs that were made at one of these commits, once they are stored."""
    if not commits:
        return
    words: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(QUERIES["words_for_commits"], [list(commits)]).fetchall():
        words.setdefault(row["repository_id"], []).append(row)
    for repository_id, rows in words.items():
        named = {"", *_that_mean(connection, repository_id, {row["repository"] for row in rows})}
        numbers = [row["id"] for row in rows if row["repository"] in named]
        _link_runs(connection, "words_of_numbers", {"repository": repository_id, "numbers": numbers})


def link_told(connection: Connection, run_id: int, commits: Sequence[GivenCommit]) -> None:
    """Note those that are known. Raises `Invalid`."""
    if len({commit.repository for commit in commits}) < len(commits):
        raise Invalid("A run is made at one commit of each repository.")
    if commits:
        told = [{"repository": commit.repository, "hash": commit.hash} for commit in commits]
        connection.execute(QUERIES["link_told_commits"], [run_id, Json(told)])


def _that_mean(connection: Connection, repository_id: int, texts: Iterable[str]) -> list[str]:
    """Of what nodes call repositories, what means this one."""
    addresses = {row["address"] for row in connection.execute(QUERIES["addresses_of"], [repository_id]).fetchall()}
    return [text for text in texts if text and address_of(text) in addresses]


def _link_runs(connection: Connection, words: str, values: dict[str, Any]) -> int:
    return connection.execute(QUERIES["link_runs"].format(words=QUERIES[words]), values).rowcount
