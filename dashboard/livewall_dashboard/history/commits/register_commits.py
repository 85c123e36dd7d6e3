"""Commits that are told with a result set: make those known that are new, and find the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timezone
from typing import Any

import psycopg
from psycopg.types.json import Json

from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.history.commits.given_commit import GivenCommit
from livewall_dashboard.history.commits.repository_address import address_of
from livewall_dashboard.history.queries import QUERIES

Connection = psycopg.Connection[dict[str, Any]]

ORDER_RANGE = 100
"""Commits of one second that have an order: `uuid` is time x 100 + order."""


def register_commits(connection: Connection, commits: Sequence[GivenCommit]) -> list[int]:
    """The numbers of those of `commits` that are known, or have become it, in the order of their repositories' names.

    `connection` commits by itself: who waits for another that tells of the same commits waits but for a moment. A known
    commit stays as it is: its repository knows better than who ran tests at it. Raises `Invalid`.
    """
    for commit in commits:
        _check(commit)
    if len({commit.repository for commit in commits}) < len(commits):
        raise Invalid("A run is made at one commit of each repository.")
    known_by_time = [commit for commit in commits if commit.committed_at is not None]
    if known_by_time:
        names = sorted({commit.repository for commit in known_by_time})
        connection.execute(QUERIES["add_told_repositories"], [names, [address_of(name) for name in names]])
        connection.execute(QUERIES["add_told_commits"], [Json([_row(commit) for commit in known_by_time])])
    told = [{"repository": commit.repository, "hash": commit.hash} for commit in commits]
    return [row["id"] for row in connection.execute(QUERIES["find_told_commits"], [Json(told)]).fetchall()]


def _check(commit: GivenCommit) -> None:
    if not 1 <= len(commit.repository) <= 200 or not commit.hash or not 0 <= commit.order < ORDER_RANGE:
        raise Invalid(
            f"A commit needs a repository of at most 200 characters, a hash, and an order from 0 to {ORDER_RANGE - 1}; "
            f"this is {commit.hash[:100]!r} of {commit.repository[:200]!r}, order {commit.order}."
        )


def _row(commit: GivenCommit) -> dict[str, Any]:
    assert commit.committed_at is not None
    at = commit.committed_at.astimezone(timezone.utc)
    return {
        **commit._asdict(),
        "committed_at": at.isoformat(),
        "uuid": int(at.timestamp()) * ORDER_RANGE + commit.order,
    }
