"""A fetcher for each repository of the configured projects, and no more of them than there are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from livewall_dashboard.base.feature import WatchedThread
from livewall_dashboard.branches.branch_store import BranchStore
from livewall_dashboard.branches.fetcher import Fetcher
from livewall_dashboard.branches.mirror import Mirrors
from livewall_dashboard.lab.model import Lab


class Fetchers:
    """`configure` it with each new lab. `on_news(project)`: branches have changed."""

    def __init__(
        self,
        mirrors: Mirrors,
        store: BranchStore,
        *,
        may_work: Callable[[], bool],
        on_news: Callable[[str], object],
    ) -> None:
        self._mirrors = mirrors
        self._store = store
        self._may_work = may_work
        self._on_news = on_news
        self._lock = threading.Lock()
        self._fetchers: dict[tuple[str, str], Fetcher] = {}
        self._running = False

    @property
    def threads(self) -> list[WatchedThread]:
        return [fetcher.loop for fetcher in self._fetchers.values()]

    def start(self) -> None:
        with self._lock:
            self._running = True
            for fetcher in self._fetchers.values():
                fetcher.loop.start()

    def stop(self) -> None:
        with self._lock:
            self._running = False
            fetchers = list(self._fetchers.values())
        for fetcher in fetchers:
            fetcher.loop.stop(0.0)

    def configure(self, lab: Lab) -> None:
        """Those that do what the configuration says go on; of others the mirrors stay."""
        with self._lock:
            before, after = self._fetchers, {}
            for project in lab.projects:
                for repository in project.repositories:
                    fetcher = before.get((project.name, repository.name))
                    if fetcher is None or not fetcher.is_same(project, repository):
                        fetcher = Fetcher(
                            project,
                            repository,
                            self._mirrors.of(project.name, repository.name),
                            self._store,
                            may_work=self._may_work,
                            on_news=partial(self._on_news, project.name),
                        )
                        if self._running:
                            fetcher.loop.start()
                    after[fetcher.key] = fetcher
            self._fetchers = after
        for key, fetcher in before.items():
            if after.get(key) is not fetcher:
                fetcher.loop.stop(0.0)

    def hasten(self, project: str) -> None:
        """Something was pushed: look at once."""
        for (name, _), fetcher in list(self._fetchers.items()):
            if name == project:
                fetcher.hasten()
