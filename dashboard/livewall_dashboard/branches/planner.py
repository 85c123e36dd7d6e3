"""Has it decided what is to be done with the branches of each project, and does it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from livewall_dashboard.base.background import Loop
from livewall_dashboard.branches.build_store import BuildStore
from livewall_dashboard.branches.bundles import Bundles, bundles_of
from livewall_dashboard.branches.forks import ForkPoints
from livewall_dashboard.branches.jobs import Jobs
from livewall_dashboard.branches.plan import GATHERING, MOST_GATHERED, Build, Decision, End, Open, plan
from livewall_dashboard.lab.model import Lab
from livewall_dashboard.lab.projects import Project

LONGEST = 30.0
"""Seconds between two looks at a project of which nothing was heard."""
SHORTEST = 0.2
UNKNOWN_EACH = 1.0
"""Seconds between two looks at a project with a repository that was never reached."""
MOST_ROUNDS = 10
GONE = "its project is not in the configuration any more"


class Planner:
    """`may_work()`: whether this wall is the one that watches. `on_due(project)`: builds may be due.

    `on_bundles(project, bundles)`: these are its bundles now.
    """

    def __init__(
        self,
        lab: Callable[[], Lab],
        store: BuildStore,
        forks: ForkPoints,
        jobs: Jobs,
        *,
        may_work: Callable[[], bool],
        on_due: Callable[[str], object],
        on_bundles: Callable[[str, Bundles], object],
    ) -> None:
        self._lab = lab
        self._store = store
        self._forks = forks
        self._jobs = jobs
        self._may_work = may_work
        self._on_due = on_due
        self._on_bundles = on_bundles
        self._lock = threading.Lock()
        self._due: dict[str, float] = {}
        self.loop = Loop("branches", self.look, self._pause, stuck_after=600.0)

    def note(self, project: str | None = None) -> None:
        """Something is other than it was, of this project or of any."""
        with self._lock:
            if project is None:
                self._due.clear()
            else:
                self._due.pop(project, None)
        self.loop.wake()

    def look(self) -> None:
        """At all projects that are due."""
        if not self._may_work():
            return
        configured = {project.name: project for project in self._lab().projects}
        for project in configured.values():
            if time.monotonic() >= self._due.get(project.name, 0.0):
                with self._lock:
                    self._due[project.name] = time.monotonic() + LONGEST
                seconds = self._plan(project)
                with self._lock:
                    if project.name in self._due:
                        self._due[project.name] = time.monotonic() + seconds
        self._end_gone(configured)

    def _pause(self) -> float:
        now = time.monotonic()
        return min([1.0, *(max(SHORTEST, at - now) for at in list(self._due.values()))])

    def _plan(self, project: Project) -> float:
        """Until nothing is left to be done -> in how many seconds there may be."""
        if not self._store.is_known(project):
            return UNKNOWN_EACH
        for _ in range(MOST_ROUNDS):
            bundles = bundles_of(project, self._store.heads(project.name))
            self._store.note_bundles(project.name, bundles)
            standing, now = self._store.standing(project.name), self._store.now()
            decided = plan(project, bundles, standing, now, self._store, self._forks.of(project.name, bundles))
            self._carry_out(project, decided)
            if not decided:
                self._on_bundles(project.name, bundles)
                return _seconds(project, standing.builds, now)
            self._on_due(project.name)
        return SHORTEST

    def _carry_out(self, project: Project, decided: Sequence[Decision]) -> None:
        opened = [decision for decision in decided if isinstance(decision, Open)]
        if opened:
            self._store.open_all(project, opened)
        for decision in decided:
            if isinstance(decision, Open):
                continue
            job = self._store.carry_out(project, decision)
            if job is not None:
                self._jobs.cancel(job, decision.reason if isinstance(decision, End) else "")

    def _end_gone(self, configured: dict[str, Project]) -> None:
        """Projects that are no longer configured: what goes on of them ends, what was stays."""
        for name in self._store.projects():
            if name in configured:
                continue
            for build in self._store.standing(name).builds:
                if build.state != "done":
                    _, job = self._store.end(build.number, GONE, "skipped")
                    if job is not None:
                        self._jobs.cancel(job, GONE)
            self._store.note_bundles(name, Bundles())


def _seconds(project: Project, builds: Sequence[Build], now: datetime) -> float:
    """Until the next one has been quiet for long enough."""
    gathering = [build for build in builds if build.state == GATHERING and not build.rebuilds]
    ends = [
        min(
            (build.moved_at - now).total_seconds() + project.gather,
            (build.created_at - now).total_seconds() + project.gather * MOST_GATHERED,
        )
        for build in gathering
    ]
    # One that is quiet and still gathers waits for the build before it, whose end is told.
    return max(SHORTEST, min([LONGEST, *(end + 0.01 for end in ends if end > 0)]))
