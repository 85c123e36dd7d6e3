"""Hands builds that are due to the job queue, with all that they are made of."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID, uuid4

from livewall_dashboard.base.background import Loop
from livewall_dashboard.branches.build_job import definition_of
from livewall_dashboard.branches.job_store import BuildJobStore, Finish
from livewall_dashboard.branches.jobs import Jobs
from livewall_dashboard.branches.sources import Sources
from livewall_dashboard.history.commits.git_process import GitFailed

AHEAD = 8
"""Jobs that wait with their sources on the disk; further builds wait without, as newer commits may replace them."""
LOOK_EACH = 1.0
STUCK_AFTER = 7200.0

log = logging.getLogger(__name__)


class Handover:
    """`may_work()`: whether this wall is the one that watches. `on_end`: called where a build ended by that."""

    def __init__(
        self,
        store: BuildJobStore,
        jobs: Jobs,
        sources: Sources,
        *,
        may_work: Callable[[], bool],
        on_end: Callable[[], object],
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._sources = sources
        self._may_work = may_work
        self._on_end = on_end
        self.loop = Loop("branch builds to jobs", self.look, LOOK_EACH, stuck_after=STUCK_AFTER)

    def look(self) -> None:
        """What a killed predecessor began is brought to its end first."""
        if not self._may_work():
            return
        given = [build for build in self._store.of_jobs() if build.state == "waiting"]
        found = self._jobs.look([build.job_id for build in given])
        for build in given:
            state = found.get(build.job_id)
            if state is None or state.awaits_files:
                self._hand_over(build.number, build.job_id)
        for number in self._store.next_ones(max(0, AHEAD - len(given))):
            job = uuid4()
            if self._store.give_job(number, job):
                self._hand_over(number, job)

    def _hand_over(self, number: int, job: UUID) -> None:
        """Each of it may be done twice. The job waits for its sources, so that none begins without."""
        order = self._store.order(number)
        self._jobs.submit(definition_of(order, job))
        try:
            with self._sources.packed(order) as blocks:
                if self._store.state(number) != "waiting":
                    self._jobs.cancel(job, f"branch build {number} has ended")
                    return
                self._jobs.attach(job, blocks)
        except GitFailed as error:
            log.warning("Branch build %d cannot be made: %s", number, error.message)
            self._store.finish(Finish(number, "failed", f"its sources cannot be had: {error.message}"))
            self._jobs.cancel(job, "its sources cannot be had")
            self._on_end()
