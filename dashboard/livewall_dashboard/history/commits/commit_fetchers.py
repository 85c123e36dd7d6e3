"""A fetcher for each repository whose commits the wall reads by itself; and who asks for a commit that is not known."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from livewall_dashboard.base.background import JOIN_WITHIN
from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.base.feature import WatchedThread
from livewall_dashboard.history.commits.commit_fetcher import CommitFetcher
from livewall_dashboard.history.commits.commit_source import CommitSource
from livewall_dashboard.history.commits.configured_sources import sources_of
from livewall_dashboard.history.commits.sync_program import SyncRunner
from livewall_dashboard.lab.model import Lab

PATIENCE = 20.0
"""Seconds that whoever names an unknown commit waits for a reading of its repository."""
LOOKED_AGAIN = 10.0
"""Seconds after which a commit that was not found is looked for again."""
MOST_WAITING = 32
"""Requests; more are put off."""
MOST_REMEMBERED = 10_000
UNREAD = (
    ": tell of it whole (branch, timestamp and hash or revision), or have the wall read the repository: by itself, as "
    'one of the "repositories" of its configuration, or by `livewall commits sync`'
)


class CommitFetchers:
    """`configure` it with each new lab."""

    def __init__(self, runner: SyncRunner, clock: Callable[[], float] = time.monotonic) -> None:
        self._runner = runner
        self._clock = clock
        self._lock = threading.Lock()
        self._fetchers: dict[CommitSource, CommitFetcher] = {}
        self._running = False
        self._looked_for: dict[tuple[str, str], float] = {}
        self._places = threading.BoundedSemaphore(MOST_WAITING)

    @property
    def threads(self) -> list[WatchedThread]:
        return [fetcher.loop for fetcher in list(self._fetchers.values())]

    @property
    def failing(self) -> int:
        """Repositories that could not be read the last time."""
        return sum(bool(fetcher.trouble) for fetcher in list(self._fetchers.values()))

    def start(self) -> None:
        with self._lock:
            self._running = True
            for fetcher in self._fetchers.values():
                fetcher.loop.start()

    def stop(self) -> None:
        with self._lock:
            self._running = False
            fetchers = list(self._fetchers.values())
        self._runner.stop()
        for fetcher in fetchers:
            fetcher.stop(JOIN_WITHIN)

    def configure(self, lab: Lab) -> None:
        """Those that do what the configuration says go on."""
        with self._lock:
            before = self._fetchers
            self._fetchers = {
                source: before.get(source) or self._begun(CommitFetcher(source, self._runner.read))
                for source in sources_of(lab)
            }
            for source in before.keys() - self._fetchers.keys():
                before[source].stop()

    def look_for(self, repository: str, commit: str) -> str:
        """Read a repository in which a commit is not known -> "", or why that is of no use, as a sentence's end.

        What was not found by that is not looked for again at once. Raises Unavailable where it takes too long.
        """
        fetcher = self._fetcher_of(repository)
        if fetcher is None:
            return UNREAD
        if self._was_looked_for(repository, commit):
            return f", and it cannot be read: {fetcher.trouble}" if fetcher.trouble else ", which was read just now"
        with self._place():
            if not fetcher.fetch(PATIENCE):
                text = f"The commits of {repository} are still being read; send it again."
                raise Unavailable(text, headers={"Retry-After": "10"})
        with self._lock:
            self._looked_for[repository, commit] = self._clock()
        return ""

    def _fetcher_of(self, repository: str) -> CommitFetcher | None:
        fetchers = list(self._fetchers.values())
        return next((each for each in fetchers if repository in (each.name, each.source.name)), None)

    def _was_looked_for(self, repository: str, commit: str) -> bool:
        now = self._clock()
        with self._lock:
            if len(self._looked_for) >= MOST_REMEMBERED:
                self._looked_for = {key: at for key, at in self._looked_for.items() if now - at < LOOKED_AGAIN}
            return now - self._looked_for.get((repository, commit), float("-inf")) < LOOKED_AGAIN

    def _begun(self, fetcher: CommitFetcher) -> CommitFetcher:
        if self._running:
            fetcher.loop.start()
        return fetcher

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Unavailable("Many wait for commits to be read; send it again.", headers={"Retry-After": "10"})
        try:
            yield
        finally:
            self._places.release()
