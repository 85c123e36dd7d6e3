"""How far what bundles are made of is from the newest of their bases: counted beside the plan, as it takes its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from livewall_dashboard.base.background import Loop
from livewall_dashboard.branches.bundles import Bundle, Bundles
from livewall_dashboard.branches.distance_store import Distance, DistanceStore, MadeOf
from livewall_dashboard.branches.mirror import Mirrors
from livewall_dashboard.history.commits.git_process import GitFailed

LOOK_EACH = 1.0
AT_ONCE = 50
"""Distances that are counted before they are shown: a push to the base makes those of all bundles others."""
SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 600.0
"""Seconds until git is asked again about a commit of which it could not tell; twice as many each time."""

Bases = Mapping[str, Mapping[str, str]]
"""By bundle and repository, the commit that the base has there now."""


def bases_of(bundles: Bundles) -> Bases:
    """Of the bundles that have a base. Pure."""
    return {name: _base_of(bundle, bundles) for name, bundle in bundles.by_name.items() if bundle.base}


def _base_of(bundle: Bundle, bundles: Bundles) -> dict[str, str]:
    """The main branch stands in where the base has none."""
    base = bundles.by_name.get(bundle.base)
    return {name: head.commit for name, head in {**bundles.mains, **(base.heads if base else {})}.items()}


@dataclass(frozen=True, slots=True)
class _Pause:
    until: float
    seconds: float


class Distances:
    """`may_work()`: whether this wall is the one that watches. `on_change`: called where others can be read."""

    def __init__(
        self,
        mirrors: Mirrors,
        store: DistanceStore,
        *,
        may_work: Callable[[], bool],
        on_change: Callable[[], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mirrors = mirrors
        self._store = store
        self._may_work = may_work
        self._on_change = on_change
        self._clock = clock
        self._lock = threading.Lock()
        self._due: dict[str, Bases] = {}
        self._counted = lru_cache(maxsize=10_000)(self._count)
        self._pauses: dict[str, dict[tuple[str, str], _Pause]] = {}
        self.loop = Loop("distances of branches", self.look, LOOK_EACH, stuck_after=3600.0)

    def note(self, project: str, bundles: Bundles) -> None:
        """These are the bundles of a project now."""
        with self._lock:
            self._due[project] = bases_of(bundles)

    def look(self) -> None:
        """Count those that are others than before. What could not be stored is due again."""
        while self._may_work() and self._due:
            with self._lock:
                project, bases = self._due.popitem()
            try:
                self._measure(project, bases)
            except BaseException:
                with self._lock:
                    self._due.setdefault(project, bases)
                raise

    def _measure(self, project: str, bases: Bases) -> None:
        found: list[Distance] = []
        all_made_of = self._store.made_of(project)
        pauses = self._pauses_of(project, all_made_of)
        for made_of in all_made_of:
            commit = (made_of.repository, made_of.commit)
            base = bases.get(made_of.bundle, {}).get(made_of.repository)
            pause = pauses.get(commit)
            if base is None or base == made_of.base or (pause and self._clock() < pause.until):
                continue
            try:
                counted = self._counted(project, made_of.repository, base, made_of.commit)
            except (GitFailed, OSError):  # for now, or for good: what was forced away is in no mirror any more
                seconds = min(pause.seconds * 2, LONGEST_PAUSE) if pause else SHORTEST_PAUSE
                pauses[commit] = _Pause(self._clock() + seconds, seconds)
                continue
            pauses.pop(commit, None)
            found.append(Distance(made_of.bundle_id, made_of.repository, made_of.commit, base, *counted))
            if len(found) >= AT_ONCE:
                self._put(found)
                found = []
        self._put(found)

    def _pauses_of(self, project: str, all_made_of: Iterable[MadeOf]) -> dict[tuple[str, str], _Pause]:
        """By repository and commit, whatever the base: that may move with each push. Commits of no interest go."""
        before = self._pauses.get(project, {})
        commits = {(each.repository, each.commit) for each in all_made_of}
        kept = self._pauses[project] = {commit: pause for commit, pause in before.items() if commit in commits}
        return kept

    def _put(self, found: list[Distance]) -> None:
        if found:
            self._store.put(found)
            self._on_change()

    def _count(self, project: str, repository: str, base: str, commit: str) -> tuple[int, int]:
        """Ahead and behind. Raises GitFailed and OSError where that cannot be told, which is not remembered."""
        return self._mirrors.of(project, repository).distance(base, commit)
