"""Follows the jobs of builds: what they print while they run, and what the builds come to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.errors import LivewallError, Unavailable
from livewall_dashboard.base.offload import Offload
from livewall_dashboard.branches.finish_build import BuildFinisher
from livewall_dashboard.branches.job_log import JobLog
from livewall_dashboard.branches.job_store import BuildJobStore, BuildOfJob, Finish
from livewall_dashboard.branches.jobs import Jobs, JobState
from livewall_dashboard.branches.reading import ReadStep

LOOK_EACH = 1.0
STUCK_AFTER = 3600.0
TRIES = 10
_OVER = ("complete", "cancelled")

log = logging.getLogger(__name__)


class Follower:
    """`may_work()`: whether this wall is the one that watches. `on_end`: called where a build has ended."""

    def __init__(
        self,
        store: BuildJobStore,
        jobs: Jobs,
        finisher: BuildFinisher,
        read_step: ReadStep,
        offload: Offload,
        *,
        may_work: Callable[[], bool],
        on_end: Callable[[], object],
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._finisher = finisher
        self._read_step = read_step
        self._offload = offload
        self._may_work = may_work
        self._on_end = on_end
        self._failures: dict[int, int] = {}
        self._ended: set[UUID] = set()
        self._logs: dict[UUID, JobLog] = {}
        self.loop = Loop("jobs of branch builds", self.look, LOOK_EACH, stuck_after=STUCK_AFTER)

    def look(self) -> None:
        """At all builds that are made now; one that makes trouble keeps the others from nothing."""
        if not self._may_work():
            return
        builds = self._store.of_jobs()
        self._end_jobs()
        states = self._jobs.look([build.job_id for build in builds])
        failures = [failure for build in builds if (failure := self._try(build, states.get(build.job_id)))]
        self._logs = {job: kept for job, kept in self._logs.items() if job in states}
        if failures:
            raise failures[0]

    def _try(self, build: BuildOfJob, state: JobState | None) -> Exception | None:
        """What went wrong in a way that nobody foresaw; tried again, but not for ever."""
        try:
            if state is not None:
                self._follow(build, state)
            elif build.state == "building":
                self._finish(Finish(build.number, "failed", "its job is gone"))
        except Unavailable:
            raise
        except Exception as error:
            self._failures[build.number] = self._failures.get(build.number, 0) + 1
            if self._failures[build.number] >= TRIES:
                self._finish(Finish(build.number, "failed", "what it left cannot be read; the wall's log says more"))
            return error
        self._failures.pop(build.number, None)
        return None

    def _follow(self, build: BuildOfJob, state: JobState) -> None:
        if state.state == "lost" and state.retried_as:
            self._store.follow_job(build.number, build.job_id, state.retried_as)
        elif state.state in ("cancelled", "lost"):
            self._end_early(build, state)
        elif state.state == "complete":
            self._complete(build, state)
        elif state.state != "waiting":
            self._read(build, state)

    def _read(self, build: BuildOfJob, state: JobState) -> None:
        if build.state == "waiting":
            self._store.begin(build.number, state.started_at)
        kept = self._log_of(build)
        if kept.catch_up(self._jobs):
            self._store.note_steps(build.number, kept.states())

    def _end_early(self, build: BuildOfJob, state: JobState) -> None:
        """Nothing that was cancelled or lost is ever green."""
        kept = self._log_of(build)
        if kept.catch_up(self._jobs):
            self._store.note_steps(build.number, kept.states())
        how = "its agent was lost" if state.state == "lost" else "its job was cancelled"
        reason = f"{how}: {state.end_reason}" if state.end_reason else how
        began = state.started_at is not None
        self._finish(
            Finish(
                build.number,
                "killed" if began else "skipped",
                reason,
                started_at=state.started_at,
                ended_at=state.ended_at,
            )
        )
        self._jobs.detach(build.job_id)

    def _complete(self, build: BuildOfJob, state: JobState) -> None:
        if build.state == "waiting":
            self._store.begin(build.number, state.started_at)
        kept = self._log_of(build)
        kept.catch_up(self._jobs)
        try:
            finish = self._finisher.finish(kept, state)
        except Unavailable:
            raise
        except LivewallError as error:
            log.warning("The results of branch build %d cannot be stored: %s", build.number, error.message)
            finish = Finish(build.number, "failed", f"its results cannot be stored: {error.message}"[:1000])
        self._finish(finish)
        self._jobs.detach(build.job_id)

    def _finish(self, finish: Finish) -> None:
        if self._store.finish(finish):
            log.info("Branch build %d: %s %s", finish.number, finish.result, finish.reason)
        self._on_end()

    def _log_of(self, build: BuildOfJob) -> JobLog:
        """After a restart it is read from its begin."""
        if build.job_id not in self._logs:
            order = self._store.order(build.number)
            self._logs[build.job_id] = JobLog(order, build.job_id, self._read_step, self._offload)
        return self._logs[build.job_id]

    def _end_jobs(self) -> None:
        """Of builds that were ended: whoever did that may have been killed before the job was told."""
        left = [build for build in self._store.ended_early() if build.job_id not in self._ended]
        states = self._jobs.look([build.job_id for build in left])
        for build in left:
            state = states.get(build.job_id)
            if state is None or (state.state == "lost" and not state.retried_as) or state.state in _OVER:
                self._store.link_runs(build.number, self._jobs.runs(build.job_id), None)
                self._jobs.detach(build.job_id)
                self._ended.add(build.job_id)
            else:
                self._jobs.cancel(build.job_id, "its build has ended")
