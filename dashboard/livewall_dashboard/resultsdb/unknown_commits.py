"""References to commits that are not known: their repository may have them by now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.resultsdb.commit_search import UnknownCommit

MOST = 10
"""Unknown commits of one request that are looked for."""

T = TypeVar("T")


class LooksForCommits(Protocol):
    """`look_for`: have a repository read for a commit -> "", or why that is of no use, as a sentence's end."""

    def look_for(self, repository: str, commit: str) -> str: ...


def with_news(commits: LooksForCommits, take: Callable[[], T]) -> T:
    """`take()`, once more where a repository was read for it; nobody's room is taken meanwhile. Raises what it does."""
    for _ in range(MOST):
        try:
            return take()
        except UnknownCommit as unknown:
            if reason := commits.look_for(unknown.repository, unknown.ref):
                raise NotFound(f"{unknown.message}{reason}") from None
    return take()
