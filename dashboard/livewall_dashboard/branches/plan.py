"""What is to be done, decided from what stands: a pure function, asked again after each change.

It looks at states, never at events: whoever is killed between deciding and doing decides the same again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from livewall_dashboard.branches.bundles import Bundle, Bundles
from livewall_dashboard.branches.members import Fork, Member, fingerprint_of, lacks_members, members_of, reason_of
from livewall_dashboard.lab.projects import Project

MOST_CANCELLED = 3
"""Running builds of a bundle that are cancelled in a row for newer commits; the next one runs to its end."""
MOST_GATHERED = 10
"""A bundle that is never quiet is built after so many times the time it should be quiet for."""

GATHERING, WAITING, BUILDING, DONE = "gathering", "waiting", "building", "done"
OPEN = (GATHERING, WAITING, BUILDING)


@dataclass(frozen=True, slots=True)
class Build:
    """A build as it stands. `heads`: the commits of the bundle's own branches that it gathers or was made of.

    `before`: those of the build before, for one that gathers; None where there is none. `rebuilds`: it was ordered, of
    the commits in `members`. `same_as`: the one that has its result; None: itself.
    """

    number: int
    bundle: str
    state: str
    heads: Mapping[str, str]
    created_at: datetime
    moved_at: datetime
    due_at: datetime | None = None
    before: Mapping[str, str] | None = None
    rebuilds: bool = False
    is_kept: bool = False
    same_as: int | None = None
    members: Sequence[Member] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """`builds`: those that are open, and the newest one of each bundle that was not ordered.

    `shared`: numbers of builds that a build of another living bundle is the same as. `cancelled`: by bundle, how many
    of the last builds in a row were cancelled while they ran.
    """

    builds: Sequence[Build] = ()
    shared: frozenset[int] = frozenset()
    cancelled: Mapping[str, int] = field(default_factory=dict)


class Built(Protocol):
    """By fingerprint, the number of the build that need not be repeated."""

    def get(self, fingerprint: str) -> int | None: ...


class Forks(Protocol):
    """By a bundle's name, what the base was built with where the bundle left it."""

    def get(self, bundle: str) -> Fork | None: ...


@dataclass(frozen=True, slots=True)
class Open:
    """A new build of this bundle gathers commits."""

    bundle: Bundle
    members: Sequence[Member]
    reason: str


@dataclass(frozen=True, slots=True)
class Move:
    """Its bundle has other commits. `is_news`: some were added, so that it is to be quiet once more."""

    number: int
    bundle: Bundle
    members: Sequence[Member]
    reason: str
    is_news: bool


@dataclass(frozen=True, slots=True)
class Launch:
    """It is due: a job is made of it, or it is the `same_as` another. `place`: by which it is sorted among others."""

    number: int
    members: Sequence[Member]
    fingerprint: str
    same_as: int | None
    place: datetime


@dataclass(frozen=True, slots=True)
class End:
    """It ends without a result of its own: `killed` where it ran, `skipped` where it did not."""

    number: int
    result: str
    reason: str
    superseded_by: int | None = None


Decision = Open | Move | Launch | End


def plan(
    project: Project, bundles: Bundles, standing: Standing, now: datetime, built: Built, forks: Forks
) -> list[Decision]:
    """Decisions in the order in which they are to be carried out. With none left, nothing is to be done at `now`."""
    return _Planner(project, bundles, standing, now, built, forks).plan()


class _Planner:
    def __init__(
        self, project: Project, bundles: Bundles, standing: Standing, now: datetime, built: Built, forks: Forks
    ) -> None:
        self._project = project
        self._bundles = bundles
        self._standing = standing
        self._now = now
        self._built = built
        self._forks = forks
        self._launched: dict[str, int] = {}
        self._ended: set[int] = set()
        self._shared = set(standing.shared)
        self._of: dict[str, list[Build]] = {}
        for build in sorted(standing.builds, key=lambda build: build.number):
            self._of.setdefault(build.bundle, []).append(build)

    def plan(self) -> list[Decision]:
        decided: list[Decision] = []
        for name, builds in self._of.items():
            if name not in self._bundles.by_name:
                decided += self._end_dead(builds)
        for bundle in self._bundles.by_name.values():
            decided += self._gather(bundle)
            decided += self._launch(bundle)
        return decided

    # ------------------------------------------------------------------ branches that are gone

    def _end_dead(self, builds: Iterable[Build]) -> Iterable[Decision]:
        wanted = [bundle.commits for bundle in self._bundles.by_name.values()]
        for build in builds:
            is_of_others = build.number in self._shared or dict(build.heads) in wanted
            if build.state == GATHERING:
                yield End(build.number, "skipped", "its branches are gone")
            elif build.state in OPEN and not is_of_others and not build.is_kept:
                yield End(build.number, _ended(build), "its branches are gone")

    # ------------------------------------------------------------------ commits

    def _gather(self, bundle: Bundle) -> Iterable[Decision]:
        newest = next((build for build in reversed(self._of.get(bundle.name, [])) if not build.rebuilds), None)
        known: Mapping[str, str] = newest.heads if newest else {}
        news = [repository for repository, commit in bundle.commits.items() if known.get(repository) != commit]
        if newest is not None and newest.state == GATHERING:
            if bundle.commits != newest.heads:
                reason = reason_of(bundle.commits, newest.before)
                yield Move(newest.number, bundle, self._members(bundle), reason, bool(news))
        elif news and not self._is_too_old(bundle):
            yield Open(bundle, self._members(bundle), reason_of(bundle.commits, newest.heads if newest else None))

    def _is_too_old(self, bundle: Bundle) -> bool:
        age = self._project.max_age
        return age is not None and not bundle.is_sticky and bundle.pushed_at < self._now - age

    def _members(self, bundle: Bundle) -> list[Member]:
        lacks = lacks_members(self._project, bundle)
        return members_of(self._project, bundle, self._bundles, (self._forks.get(bundle.name) if lacks else None) or {})

    # ------------------------------------------------------------------ what is due

    def _launch(self, bundle: Bundle) -> Iterable[Decision]:
        builds = self._of.get(bundle.name, [])
        due = next((build for build in builds if self._is_due(build, bundle)), None)
        if due is None:
            return
        active = [build for build in builds if build.state in (WAITING, BUILDING)]
        members = due.members if due.rebuilds else self._members(bundle)
        fingerprint = fingerprint_of(self._project, members)
        same_as = None if due.rebuilds else self._same(fingerprint)
        if same_as not in [build.number for build in active]:
            if any(not self._gives_way(build, bundle) for build in active):
                return
            for build in active:
                self._ended.add(build.number)
                yield End(build.number, _ended(build), f"superseded by {due.number}", due.number)
        if same_as is None:
            self._launched[fingerprint] = due.number
        else:
            self._shared.add(same_as)
        place = min([self._now, *(build.due_at for build in active if build.due_at and build.number in self._ended)])
        yield Launch(due.number, members, fingerprint, same_as, place)

    def _same(self, fingerprint: str) -> int | None:
        """The build that has it or will have it."""
        found = self._launched.get(fingerprint) or self._built.get(fingerprint)
        return None if found in self._ended else found

    def _is_due(self, build: Build, bundle: Bundle) -> bool:
        if build.state != GATHERING:
            return False
        if build.rebuilds:
            return True
        gather = timedelta(seconds=self._project.gather)
        quiet, all_of_it = self._now - build.moved_at, self._now - build.created_at
        is_back = quiet < timedelta(0)  # the clock was set back: nobody knows how long it was quiet for
        return build.heads == bundle.commits and (is_back or quiet >= gather or all_of_it >= MOST_GATHERED * gather)

    def _gives_way(self, build: Build, bundle: Bundle) -> bool:
        """Whether a newer build may take its place."""
        if build.rebuilds or build.is_kept or build.number in self._shared:
            return False
        if build.state == WAITING:
            return True
        return not bundle.is_sticky and self._standing.cancelled.get(bundle.name, 0) < MOST_CANCELLED


def _ended(build: Build) -> str:
    return "killed" if build.state == BUILDING else "skipped"
