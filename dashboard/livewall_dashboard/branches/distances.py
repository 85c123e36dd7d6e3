"""How far what bundles are made of is from the newest of their bases: counted beside the plan, as it takes its time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import lru_cache

from livewall_dashboard.base.background import Loop
from livewall_dashboard.branches.bundles import Bundle, Bundles
from livewall_dashboard.branches.distance_store import Distance, DistanceStore
from livewall_dashboard.branches.mirror import Mirrors
from livewall_dashboard.history.commits.git_process import GitFailed

LOOK_EACH = 1.0
AT_ONCE = 50
"""Distances that are counted before they are shown: a push to the base makes those of all bundles others."""

Bases = Mapping[str, Mapping[str, str]]
"""By bundle and repository, the commit that the base has there now."""


def bases_of(bundles: Bundles) -> Bases:
    """Of the bundles that have a base. Pure."""
    return {name: _base_of(bundle, bundles) for name, bundle in bundles.by_name.items() if bundle.base}


def _base_of(bundle: Bundle, bundles: Bundles) -> dict[str, str]:
    """The main branch stands in where the base has none."""
    base = bundles.by_name.get(bundle.base)
    return {name: head.commit for name, head in {**bundles.mains, **(base.heads if base else {})}.items()}


class Distances:
    """`may_work()`: whether this wall is the one that watches. `on_change`: called where others can be read."""

    def __init__(
        self,
        mirrors: Mirrors,
        store: DistanceStore,
        *,
        may_work: Callable[[], bool],
        on_change: Callable[[], object],
    ) -> None:
        self._mirrors = mirrors
        self._store = store
        self._may_work = may_work
        self._on_change = on_change
        self._lock = threading.Lock()
        self._due: dict[str, Bases] = {}
        self._counted = lru_cache(maxsize=10_000)(self._count)
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
        for made_of in self._store.made_of(project):
            base = bases.get(made_of.bundle, {}).get(made_of.repository)
            if base is None or base == made_of.base:
                continue
            try:
                counted = self._counted(project, made_of.repository, base, made_of.commit)
            except (GitFailed, OSError):  # it cannot be told now, and is asked again with the next look at the project
                continue
            found.append(Distance(made_of.bundle_id, made_of.repository, made_of.commit, base, *counted))
            if len(found) >= AT_ONCE:
                self._put(found)
                found = []
        self._put(found)

    def _put(self, found: list[Distance]) -> None:
        if found:
            self._store.put(found)
            self._on_change()

    def _count(self, project: str, repository: str, base: str, commit: str) -> tuple[int, int]:
        """Ahead and behind. Raises GitFailed and OSError where that cannot be told, which is not remembered."""
        return self._mirrors.of(project, repository).distance(base, commit)
