"""Looks at the remotes of one repository, over and over."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.complaint import Complaint
from livewall_dashboard.branches.branch_store import BranchStore, Place
from livewall_dashboard.branches.mirror import Mirror
from livewall_dashboard.history.commits.git_process import GitFailed
from livewall_dashboard.lab.projects import Project, Remote, Repository

TIDY_EACH = 86400.0
"""Seconds between two looks whether the mirror is to be packed."""
NOTE_EACH = 60.0
"""Seconds after which it is stored that a remote was looked at, where nothing else is to be said of it."""
SOONEST = 1.0
"""Seconds between two looks, however often push hooks call."""

log = logging.getLogger(__name__)


class Fetcher:
    """`may_work()`: whether this wall is the one that watches. `on_news`: called where branches have changed."""

    def __init__(
        self,
        project: Project,
        repository: Repository,
        mirror: Mirror,
        store: BranchStore,
        *,
        may_work: Callable[[], bool],
        on_news: Callable[[], object],
    ) -> None:
        self.project = project
        self.repository = repository
        self.mirror = mirror
        self._store = store
        self._may_work = may_work
        self._on_news = on_news
        self._complaints = {remote.name: Complaint(log) for remote in repository.remotes}
        self._noted: dict[str, float] = {}
        self._looked_at = float("-inf")
        self._tidied_at = time.monotonic()
        self.loop = Loop(
            f"branches of {project.name}/{repository.name}",
            self._turn,
            self._pause,
            stuck_after=project.fetch_timeout * (len(repository.remotes) + 1) + 60.0,
        )

    @property
    def key(self) -> tuple[str, str]:
        return (self.project.name, self.repository.name)

    def is_same(self, project: Project, repository: Repository) -> bool:
        """Whether it does what the configuration says now."""
        seconds = (self.project.fetch_every, self.project.fetch_timeout)
        return self.repository == repository and seconds == (project.fetch_every, project.fetch_timeout)

    def _pause(self) -> float:
        if self._looked_at == float("-inf"):
            return 0.0
        return max(0.05, self._looked_at + self.project.fetch_every - time.monotonic())

    def hasten(self) -> None:
        """Something was pushed: it looks at once."""
        self.loop.wake()

    def _turn(self) -> None:
        if not self._may_work():
            self._looked_at = time.monotonic() - self.project.fetch_every + SOONEST
            return
        time.sleep(max(0.0, min(SOONEST, self._looked_at + SOONEST - time.monotonic())))
        self._looked_at = time.monotonic()
        self.look()
        if time.monotonic() - self._tidied_at > TIDY_EACH:
            self._tidied_at = time.monotonic()
            self.mirror.tidy()

    def look(self) -> None:
        """At each remote; where one cannot be reached the others can."""
        looks = [self._look_at(remote) for remote in self.repository.remotes]
        if any(looks):
            self._on_news()

    def _look_at(self, remote: Remote) -> bool:
        """-> whether there is news."""
        place = Place(self.project.name, self.repository.name, remote.name)
        complaint = self._complaints[remote.name]
        try:
            is_news = self._fetch(remote, place)
        except (GitFailed, OSError) as error:
            told = error.message if isinstance(error, GitFailed) else f"the wall's disk: {error.strerror or error}"
            complaint.say(f"Branches of {self.project.name}/{self.repository.name}: {told}")
            self._noted.pop(remote.name, None)
            self._store.note(place, told)
            return False
        complaint.end(f"Branches of {self.project.name}/{self.repository.name}: {remote.name} is there again")
        return is_news

    def _fetch(self, remote: Remote, place: Place) -> bool:
        """What could not be stored is news once more."""
        if not self.mirror.fetch(remote, self.project.fetch_timeout):
            self._note(place)
            return False
        self._noted.pop(remote.name, None)
        try:
            return bool(self._store.store(place, self.mirror.branches(remote), self._is_part))
        except BaseException:
            self.mirror.forget(remote)
            raise

    def _note(self, place: Place) -> None:
        """It was reached."""
        now = time.monotonic()
        if now >= self._noted.get(place.remote, float("-inf")) + NOTE_EACH:
            self._store.note(place, "")
            self._noted[place.remote] = now

    def _is_part(self, commit: str, head: str) -> bool:
        return self.mirror.contains(head, commit)
