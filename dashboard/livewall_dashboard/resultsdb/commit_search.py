"""Which commits a query means: one of them, or a range."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from livewall_dashboard.base.errors import BadRequest, NotFound
from livewall_dashboard.history.commits.known_commits import LATEST, ORDERS, KnownCommit, KnownCommits, now
from livewall_dashboard.resultsdb.commit_json import Reference

NOTHING_FOUND = "No commits found matching the specified criteria"
_ONE_WAY = "Can only search by one of [commit id/ref, commit uuid, timestamp] in a single request"

Choose = Callable[[Iterable[int]], int]


class NamesCommit(Protocol):
    """A query that may name a commit."""

    repository_id: list[str]
    branch: list[str]
    id: list[str]
    ref: list[str]
    uuid: list[str]
    timestamp: list[str]


class NamesRange(NamesCommit, Protocol):
    """A query that may name a range of commits besides."""

    after_repository_id: list[str]
    after_branch: list[str]
    after_id: list[str]
    after_ref: list[str]
    after_uuid: list[str]
    after_timestamp: list[str]
    before_repository_id: list[str]
    before_branch: list[str]
    before_id: list[str]
    before_ref: list[str]
    before_uuid: list[str]
    before_timestamp: list[str]


class UnknownCommit(NotFound):
    """Of a repository, which may have it by now."""

    def __init__(self, message: str, repository: str, ref: str):
        super().__init__(message)
        self.repository = repository
        self.ref = ref


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the axis, and the commit there where one was named."""

    uuid: int
    commit: KnownCommit | None = None


def find(commits: KnownCommits, query: NamesRange, limit: int = 100) -> list[KnownCommit]:
    """Those that the query names, by uuid; of each repository at most `limit`. Raises BadRequest, NotFound."""
    begin, end = range_of(commits, query)
    refs = query.ref or query.id
    _require_one_way(refs, query.uuid, query.timestamp)
    uuids = [(uuid, uuid) for uuid in _numbers(query.uuid, int)]
    seconds = [(second * ORDERS, second * ORDERS + ORDERS - 1) for second in _numbers(query.timestamp, _second)]
    found: list[KnownCommit] = []
    for repository in _repositories(commits, query.repository_id):
        of_one: list[KnownCommit] = []
        for branch in query.branch or [""]:
            if refs:
                for ref in refs:
                    of_one += commits.by_ref(repository, ref, max(limit - len(of_one), 0))
            elif uuids or seconds:
                for first, last in uuids or seconds:
                    room = max(limit - len(of_one), 0)
                    of_one += commits.on_branch(repository, branch, begin=first, end=last, limit=room)
            else:
                of_one += _on_branch(commits, repository, branch, begin, end, max(limit - len(of_one), 0))
        found += of_one
    return sorted(found, key=lambda commit: commit.place)


def find_one(commits: KnownCommits, query: NamesRange) -> KnownCommit:
    """The only one that the query names. Raises BadRequest, NotFound."""
    found = find(commits, query)
    if not found:
        raise NotFound(NOTHING_FOUND)
    if len(found) > 1:
        raise NotFound(f"{len(found)} commits found matching the specified criteria")
    return found[0]


def resolve(commits: KnownCommits, reference: Reference) -> KnownCommit:
    """Raises UnknownCommit, NotFound."""
    repository, ref = reference.repository, reference.ref
    if repository not in commits.repositories:
        raise UnknownCommit(f"'{repository}' is not a recognized repository", repository, ref)
    found = {commit.id: commit for commit in commits.by_ref(repository, ref)}
    if not found:
        raise UnknownCommit(f"No commit {ref!r} is known in {repository}", repository, ref)
    if len(found) > 1:
        raise NotFound(f"Multiple commits with the id {ref} exist in {repository}")
    return next(iter(found.values()))


def range_of(commits: KnownCommits, query: NamesRange) -> tuple[Point | None, Point | None]:
    """Where the query's range begins and ends. Raises BadRequest, NotFound."""
    begin = _point(
        commits, min, query.after_repository_id, query.after_branch or query.branch,
        query.after_ref or query.after_id, query.after_uuid, query.after_timestamp,
    )  # fmt: skip
    end = _point(
        commits, max, query.before_repository_id, query.before_branch or query.branch,
        query.before_ref or query.before_id, query.before_uuid, query.before_timestamp,
    )  # fmt: skip
    return begin, end


def point_of(commits: KnownCommits, query: NamesCommit) -> Point | None:
    """The commit that the query names, if it does. Raises BadRequest, NotFound."""
    return _point(commits, max, query.repository_id, query.branch, query.ref or query.id, query.uuid, query.timestamp)


def span_of(commits: KnownCommits, query: NamesRange) -> tuple[Point | None, Point | None]:
    """The range of the query, or the one commit that it names. Raises BadRequest, NotFound.

    A commit that is named is there in other repositories with what these had at the time.
    """
    begin, end = range_of(commits, query)
    one = point_of(commits, query)
    if one is not None:
        if begin or end:
            raise BadRequest("Cannot define commit and range when searching")
        begin = end = one
    if end is not None and end.commit is not None:
        beside = [sibling for found in commits.siblings(end.commit).values() for sibling in found]
        last = max([end.commit, *beside], key=lambda commit: commit.place)
        end = Point(last.uuid, last)
    return begin, end


def bounds(begin: Point | None, end: Point | None) -> tuple[int, int]:
    """As uuids; a range without an end goes up to now."""
    return min(begin.uuid if begin else 0, LATEST), min(end.uuid if end else now(), LATEST)


def near(
    commits: KnownCommits, branch: str, point: Point | None, limit: int
) -> tuple[list[KnownCommit], list[KnownCommit]]:
    """At most `limit` commits of all repositories up to the point, and as many from there on; without, the latest."""
    before: list[KnownCommit] = []
    after: list[KnownCommit] = []
    for name in commits.repositories:
        before += _on_branch(commits, name, branch, None, point, limit)
        if point is not None:
            after += _on_branch(commits, name, branch, point, None, limit)
    before.sort(key=lambda commit: commit.place)
    after.sort(key=lambda commit: commit.place)
    before, after = before[-limit:], after[:limit]
    if before and after and before[-1].id == after[0].id:
        del before[-1]
    return before, after


def _on_branch(
    commits: KnownCommits, repository: str, branch: str, begin: Point | None, end: Point | None, limit: int
) -> list[KnownCommit]:
    first, last = bounds(begin, end)
    oldest_first = begin is not None and end is None
    return commits.on_branch(repository, branch, begin=first, end=last, limit=limit, oldest_first=oldest_first)


def _point(
    commits: KnownCommits,
    choose: Choose,
    repositories: Sequence[str],
    branches: Sequence[str],
    refs: Sequence[str],
    uuids: Sequence[str],
    timestamps: Sequence[str],
) -> Point | None:
    _require_one_way(refs, uuids, timestamps)
    if uuids:
        return Point(choose(_numbers(uuids, int)))
    if timestamps:
        second = choose(_numbers(timestamps, _second))
        return Point(second * ORDERS) if second else None
    if not repositories and not refs:
        return None
    found: list[KnownCommit] = []
    for repository in _repositories(commits, repositories):
        for ref in refs:
            found += commits.by_ref(repository, ref)
        for branch in [] if refs else branches or [""]:
            found += _on_branch(commits, repository, branch, None, None, 1)
    if not found:
        raise NotFound(NOTHING_FOUND)
    places = {commit.place: commit for commit in found}
    chosen = places[choose(places)]  # type: ignore[arg-type,index]
    return Point(chosen.uuid, chosen)


def _repositories(commits: KnownCommits, names: Sequence[str]) -> Sequence[str]:
    for name in names:
        if name not in commits.repositories:
            raise NotFound(f"'{name}' is not a registered repository")
    return names or list(commits.repositories)


def _require_one_way(*ways: Sequence[str]) -> None:
    if sum(map(bool, ways)) > 1:
        raise BadRequest(_ONE_WAY)


def _numbers(texts: Iterable[str], read: Callable[[str], int]) -> list[int]:
    try:
        return [read(text) for text in texts]
    except (ValueError, OverflowError):
        raise BadRequest("Timestamp and uuid must be integers") from None


def _second(text: str) -> int:
    return round(float(text))
