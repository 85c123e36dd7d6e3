"""One robot process as the wall sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from msgspec import to_builtins

from livewall_dashboard.base.clock import NO_OFFSET, iso, parse_time
from livewall_dashboard.live.remaining_time import RemainingTime
from livewall_listener import wire

KEPT_FAILURES = 5
SHOWN_MESSAGE = 300


@dataclass(slots=True)
class Place:
    """A suite or test being run. `started_at` is by the server's clock."""

    id: str
    name: str
    longname: str
    started_at: datetime
    _json: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """For tiles and snapshots, many times between two events: made once."""
        if self._json is None:
            self._json = {
                "id": self.id,
                "name": self.name,
                "longname": self.longname,
                "started_at": self.started_at.isoformat(),
            }
        return self._json


@dataclass(slots=True)
class Failure:
    id: str
    process: str
    name: str
    longname: str
    message: str


@dataclass(slots=True)
class Counts:
    total: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    expected_failures: int = 0
    """None while a node reports: what was expected is said of results that are uploaded."""

    def count(self, status: str, by: int = 1) -> None:
        if status == "PASS":
            self.passed += by
        elif status == "FAIL":
            self.failed += by
        elif status == "SKIP":
            self.skipped += by

    @property
    def not_run(self) -> int:
        """Tests that are neither passed, failed nor skipped: yet to come or, of a process that has ended, NOT RUN."""
        return max(0, self.total - self.passed - self.failed - self.skipped - self.expected_failures)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.total + other.total,
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.expected_failures + other.expected_failures,
        )


@dataclass(slots=True)
class ProcessState:
    """Where a process is. `apply` never raises: it is fed by strangers, and an odd event changes little or nothing."""

    name: str
    slot: str = ""
    last_in_pool: bool = False
    counts: Counts = field(default_factory=Counts)
    suites: list[Place] = field(default_factory=list)
    test: Place | None = None
    keywords: list[str] = field(default_factory=list)
    keyword_started_at: datetime | None = None
    phase: str = ""
    phase_started_at: datetime | None = None
    failures: list[Failure] = field(default_factory=list)
    root: str = ""
    warnings: int = 0
    errors: int = 0
    lost: int = 0
    ended: bool = False
    ended_at: datetime | None = None
    """When its outermost suite was over, by the server's clock."""
    lacks: bool = False
    """At its end it counted other tests than it had told of."""
    remaining_time: RemainingTime | None = None
    announced: list[str] = field(default_factory=list)
    """Tests whose durations are still being looked up."""
    ended_early: list[str] = field(default_factory=list)
    """Tests that ended meanwhile."""
    offset: timedelta = NO_OFFSET

    def apply(self, event: wire.Event, received_at: datetime) -> None:
        if take := self._take.get(event.kind):
            take(self, event, received_at)

    def sample(self, now: wire.Now, received_at: datetime) -> None:
        """Take over what the sender's thread saw a moment ago."""
        if self.ended:
            return
        self.keywords = now.keywords
        self.keyword_started_at = received_at - timedelta(seconds=now.elapsed_time) if now.keywords else None
        self.phase = now.phase
        self.phase_started_at = received_at - timedelta(seconds=now.phase_elapsed_time) if now.phase else None

    def expect(self, longnames: list[str], durations: Mapping[str, float]) -> None:
        """Durations of announced tests have been looked up."""
        if self.ended:
            return
        if self.remaining_time is None:
            self.remaining_time = RemainingTime()
        self.remaining_time.add(longnames, durations)
        self.announced = self.announced[len(longnames) :]
        if not self.announced:
            for longname in self.ended_early:
                self.remaining_time.done(longname)
            self.ended_early = []

    def _plan(self, event: wire.Plan, _: datetime) -> None:
        self.announced.extend(event.tests)

    def _lose(self, event: wire.Lost, _: datetime) -> None:
        self.lost += event.count

    def _start_test(self, event: wire.StartTest, received_at: datetime) -> None:
        self._leave_phase()
        self.test = Place(event.id, event.name, event.longname, self._ours(event.start_time, received_at))

    def _start_suite(self, event: wire.StartSuite, received_at: datetime) -> None:
        self._leave_phase()
        self.test = None
        if not self.suites and not self.root:
            self.root = event.name
        self.suites.append(Place(event.id, event.name, event.longname, self._ours(event.start_time, received_at)))
        self.counts.total = event.total

    def _end_suite(self, event: wire.EndSuite, received_at: datetime) -> None:
        self._leave_phase()
        self.test = None
        self.counts.total = event.total
        for index in range(len(self.suites) - 1, -1, -1):
            if self.suites[index].id == event.id:
                if index == 0:
                    self.ended_at = _end(self.suites[0].started_at, event.elapsed_time, received_at)
                del self.suites[index:]
                break

    def _end_test(self, event: wire.EndTest, _: datetime) -> None:
        self._leave_phase()
        self.test = None
        self.counts.count(event.status)
        if event.status == "FAIL":
            self._remember_failure(event.id, event.name, event.longname, event.message)
        if self.announced:
            self.ended_early.append(event.longname)
        elif self.remaining_time is not None:
            self.remaining_time.done(event.longname)

    def _correct_test(self, event: wire.CorrectTest, _: datetime) -> None:
        self.counts.count(event.was, -1)
        self.counts.count(event.status)
        self.failures = [failure for failure in self.failures if failure.id != event.id]
        if event.status == "FAIL":
            self._remember_failure(event.id, event.name, event.longname, event.message)

    def _end_process(self, event: wire.EndProcess, _: datetime) -> None:
        self._leave_phase()
        told, self.counts = self.counts, Counts(event.total, event.passed, event.failed, event.skipped)
        self.lacks = replace(told, total=event.total) != self.counts
        self.warnings, self.errors = event.warnings, event.errors
        self.suites, self.test = [], None
        self.remaining_time, self.announced, self.ended_early = None, [], []
        self.ended = True

    def _remember_failure(self, test_id: str, name: str, longname: str, message: str) -> None:
        if len(message) > SHOWN_MESSAGE:
            message = message[:SHOWN_MESSAGE] + "…"
        self.failures = [Failure(test_id, self.name, name, longname, message), *self.failures[: KEPT_FAILURES - 1]]

    def _leave_phase(self) -> None:
        """An event ends what was sampled before it."""
        if self.keywords or self.phase:
            self.keywords, self.keyword_started_at = [], None
            self.phase, self.phase_started_at = "", None

    def _ours(self, node_time: str, received_at: datetime) -> datetime:
        """A node's time by our clock; never in the future."""
        return min(parse_time(node_time) + self.offset, received_at)

    _take: ClassVar[dict[str, Callable[[ProcessState, Any, datetime], None]]] = {
        wire.Plan.kind: _plan,
        wire.StartSuite.kind: _start_suite,
        wire.EndSuite.kind: _end_suite,
        wire.StartTest.kind: _start_test,
        wire.EndTest.kind: _end_test,
        wire.CorrectTest.kind: _correct_test,
        wire.Lost.kind: _lose,
        wire.EndProcess.kind: _end_process,
    }

    def as_snapshot(self) -> dict[str, Any]:
        """What a restarted dashboard needs to go on showing this process; `from_snapshot` reads it."""
        return {
            "counts": to_builtins(self.counts),
            "suites": [place.as_json() for place in self.suites],
            "test": self.test.as_json() if self.test else None,
            "failures": to_builtins(self.failures),
            "root": self.root,
            "warnings": self.warnings,
            "errors": self.errors,
            "lost": self.lost,
            "ended": self.ended,
            "ended_at": iso(self.ended_at),
            "lacks": self.lacks,
        }

    @classmethod
    def from_snapshot(cls, name: str, slot: str, snapshot: Mapping[str, Any]) -> ProcessState:
        return cls(
            name,
            slot,
            counts=Counts(**snapshot["counts"]),
            suites=[_place(place) for place in snapshot["suites"]],
            test=_place(snapshot["test"]) if snapshot["test"] else None,
            failures=[Failure(**failure) for failure in snapshot["failures"]],
            root=snapshot["root"],
            warnings=snapshot["warnings"],
            errors=snapshot["errors"],
            lost=snapshot["lost"],
            ended=snapshot["ended"],
            # These are not in what an earlier release stored.
            ended_at=parse_time(ended_at) if (ended_at := snapshot.get("ended_at")) else None,
            lacks=snapshot.get("lacks", False),
        )


def _end(began: datetime, seconds: float, received_at: datetime) -> datetime:
    """So long after its beginning; never in the future."""
    return began + timedelta(seconds=max(0.0, min(seconds, (received_at - began).total_seconds())))


def _place(stored: Mapping[str, str]) -> Place:
    return Place(stored["id"], stored["name"], stored["longname"], parse_time(stored["started_at"]))
