"""Where bundles left their bases, and what these were built with there: what stands in for missing members."""

from __future__ import annotations

from functools import lru_cache

from livewall_dashboard.branches.build_store import BuildStore
from livewall_dashboard.branches.bundles import Bundles
from livewall_dashboard.branches.members import Fork
from livewall_dashboard.branches.mirror import Mirrors
from livewall_dashboard.history.commits.git_process import GitFailed


class ForkPoints:
    def __init__(self, mirrors: Mirrors, store: BuildStore) -> None:
        self._mirrors = mirrors
        self._store = store
        self.point = lru_cache(maxsize=10_000)(self._point)

    def of(self, project: str, bundles: Bundles) -> ProjectForks:
        return ProjectForks(self, self._store, project, bundles)

    def _point(self, project: str, repository: str, one: str, other: str) -> str:
        """Empty where the two have nothing in common. Raises GitFailed and OSError, which are not remembered."""
        return self._mirrors.of(project, repository).fork_point(one, other)


class ProjectForks:
    """As plan.Forks has it."""

    def __init__(self, points: ForkPoints, store: BuildStore, project: str, bundles: Bundles) -> None:
        self._points = points
        self._store = store
        self._project = project
        self._bundles = bundles

    def get(self, bundle: str) -> Fork | None:
        """By the first of its repositories in which the base was built where the bundle left it."""
        branched = self._bundles.by_name[bundle]
        base = self._bundles.by_name.get(branched.base)
        for repository, head in branched.heads.items():
            other = base.heads.get(repository) if base else None
            try:
                point = self._points.point(self._project, repository, head.commit, other.commit) if other else ""
            except (GitFailed, OSError):
                point = ""  # it cannot be told now
            found = self._store.base_build(self._project, branched.base, repository, point) if point else None
            if found:
                return found
        return None
