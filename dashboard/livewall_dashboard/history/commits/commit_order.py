"""Where commits stand on the axis of their repository, reckoned from what their parents have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from livewall_dashboard.history.commits.git_clone import GitCommit

_LAST_SECOND = 253_402_300_799
"""Of the year 9999: git has commits of any time, a calendar has not."""


class Place(NamedTuple):
    """`uuid`: time x 100 + order; `identifier`: e.g. 12@main, or ""; as the table repository_commit has them."""

    uuid: int
    identifier: str
    branch: str


class CommitOrder:
    """Places of a branch's commits, each given after its parents. `line`: those that the branch itself went through.

    A commit comes after its parents whatever their clocks said: `uuid` is the commit's time unless a parent's is later.
    """

    def __init__(self, branch: str, line: Collection[str]):
        self._branch = branch
        self._line = line
        self._places: dict[str, Place] = {}

    def missing_parents(self, commits: Iterable[GitCommit]) -> list[str]:
        """Those that came neither before nor are among these: to be learned."""
        commits = list(commits)
        own = {commit.hash for commit in commits}
        parents = {parent for commit in commits for parent in commit.parents}
        return list(parents - own - self._places.keys())

    def learn(self, places: Mapping[str, Place]) -> None:
        self._places.update(places)

    def place(self, commit: GitCommit) -> Place:
        parents = [self._places[parent] for parent in commit.parents if parent in self._places]
        uuid = max(clock_time(commit) * 100, *(parent.uuid + 1 for parent in parents), 0)
        place = Place(uuid, self._identifier(commit), self._branch)
        self._places[commit.hash] = place
        return place

    def _identifier(self, commit: GitCommit) -> str:
        if commit.hash not in self._line:
            return ""
        if not commit.parents:
            return f"1@{self._branch}"
        parent = self._places.get(commit.parents[0])
        if parent is None or not parent.identifier:
            return ""
        number = parent.identifier.partition("@")[0]
        if parent.branch != self._branch:
            return f"{number}.1@{self._branch}"
        before, dot, last = number.rpartition(".")
        return f"{before}{dot}{int(last) + 1}@{self._branch}"


def clock_time(commit: GitCommit) -> int:
    """Seconds since 1970 that a calendar has."""
    return min(max(commit.committed_at, 0), _LAST_SECOND)
