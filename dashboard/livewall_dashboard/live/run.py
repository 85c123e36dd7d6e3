"""One run as the wall sees it: its processes put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from livewall_dashboard.base.run_status import Evidence, RunStatus, State, Verification, status_of
from livewall_dashboard.live.process import KEPT_FAILURES, Counts, Failure, ProcessState
from livewall_listener import wire

LONGEST_ESTIMATE = 100 * 365 * 86_400.0
"""Seconds."""
POOL_GRACE = timedelta(seconds=30)
"""How long a pabot run whose processes have all ended may stay quiet before it counts as finished."""


@dataclass(slots=True)
class RunState:
    """`state`: running, finished or abandoned. `ended` holds what is kept of a run once its processes are let go."""

    key: str
    setup: str
    info: wire.RunInfo
    started_at: datetime
    news_at: datetime
    state: State = "running"
    stale: bool = False
    """It runs, and has not been heard of for a while."""
    ended_at: datetime | None = None
    verification: Verification = "pending"
    unstored: int = 0
    """Tests that processes which ended counted and the history does not hold."""
    missing_failures: int = 0
    """Failures that they counted and that it does not hold."""
    stored: Counts | None = None
    """Of a run that is over and lacks results, what the history holds."""
    log_url: str | None = None
    processes: dict[str, ProcessState] = field(default_factory=dict)

    def add_process(self, process: ProcessState) -> None:
        """A process with the slot of an earlier one takes its place."""
        if process.slot:
            for name in [p.name for p in self.processes.values() if p.slot == process.slot and p.name != process.name]:
                del self.processes[name]
        self.processes[process.name] = process

    @property
    def is_live(self) -> bool:
        """It is heard of, and what is heard happens now."""
        return not self.stale and not self.info.resent

    @property
    def counts(self) -> Counts:
        """Of a run that is over and lacks results, of those that are here: of others nobody can be shown anything."""
        if self.stored is not None and self.state != "running":
            return self.stored
        total = Counts()
        for process in self.processes.values():
            total += process.counts
        total.total = max(total.total, self.info.total)
        return total

    @property
    def name(self) -> str:
        return next((process.root for process in self.processes.values() if process.root), "")

    @property
    def failures(self) -> list[Failure]:
        """The last few; with several processes, a few of each."""
        if len(self.processes) == 1:
            return next(iter(self.processes.values())).failures
        rows = [process.failures for process in self.processes.values()]
        turn_by_turn = [row[n] for n in range(KEPT_FAILURES) for row in rows if n < len(row)]
        return turn_by_turn[:KEPT_FAILURES]

    @property
    def warnings(self) -> int:
        return sum(process.warnings for process in self.processes.values())

    @property
    def errors(self) -> int:
        return sum(process.errors for process in self.processes.values())

    @property
    def lost(self) -> int:
        return sum(process.lost for process in self.processes.values())

    @property
    def missing(self) -> int:
        """Tests known to be missing from the history; of a run that is over, also those that were to come."""
        if self.state == "running":
            return self.unstored
        if self.has_ended:
            return self.unstored + max(0, self.info.total - sum(p.counts.total for p in self.processes.values()))
        return self.unstored + self.counts.not_run

    @property
    def has_ended(self) -> bool:
        """Whether all its processes have, as far as they are known."""
        return all(process.ended for process in self.processes.values())

    @property
    def status(self) -> RunStatus | None:
        """So far, or of the run that is over; before the history has compared, as its nodes have it."""
        counts, verification = self.counts, self.verification
        if verification == "pending" and any(process.lacks for process in self.processes.values()):
            verification = "partial"
        return status_of(
            Evidence(
                state=self.state,
                ended=self.has_ended,
                verification=verification,
                passed=counts.passed,
                failed=counts.failed,
                skipped=counts.skipped,
                expected_failures=counts.expected_failures,
                missing=self.missing,
                missing_failures=self.missing_failures,
                lost=self.lost,
                not_run=sum(process.counts.not_run for process in self.processes.values() if process.ended),
            )
        )

    @property
    def last_end(self) -> datetime:
        """When the last of its processes was over; where none said so, when it was last heard of.

        A node may tell of a run long afterwards.
        """
        return max((process.ended_at for process in self.processes.values() if process.ended_at), default=self.news_at)

    def is_over(self, now: datetime) -> bool:
        """All its processes ended and no other will come."""
        if not self.processes or not self.has_ended:
            return False
        if not self.info.pabot or any(process.last_in_pool for process in self.processes.values()):
            return True
        return now - self.news_at > POOL_GRACE

    def ends_at(self) -> datetime | None:
        """When the last process should be through, by the durations of its tests; None without history."""
        running = [process for process in self.processes.values() if not process.ended]
        if not running or any(
            process.remaining_time is None or not process.remaining_time.known for process in running
        ):
            return None
        ends = [self._process_ends_at(process) for process in running]
        latest = max(ends)
        mean = sum(process.remaining_time.mean for process in running if process.remaining_time) / len(running)
        unannounced = self.counts.total - sum(process.counts.total for process in self.processes.values())
        return latest + _shown(unannounced * mean / len(running))

    def _process_ends_at(self, process: ProcessState) -> datetime:
        assert process.remaining_time is not None
        began = process.test.started_at if process.test else self.news_at
        return began + _shown(process.remaining_time.seconds)


def _shown(seconds: float) -> timedelta:
    """Tests that once seemed to last for years (a clock was set) add up to a time that can be shown."""
    return timedelta(seconds=min(max(seconds, 0.0), LONGEST_ESTIMATE))
