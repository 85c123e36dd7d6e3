"""What goes into the history and what comes out of it, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from livewall_dashboard.base.run_status import RunStatus, State, Verification
from livewall_listener import wire

ProcessKey = tuple[str, str]
"""(run key, process name)."""
IMPORTED = "output.xml"
"""The process that an output.xml made which holds a whole run."""
UPLOADED = "upload"
"""The process of a run that was handed over as a result set."""
SEALED = 2**31 - 1
"""The last stored event of a process whose results an output.xml gave: whatever its node still sends is old news."""


@dataclass(slots=True)
class Delivery:
    """Events of one process that came together, on their way into Postgres; the first has number `first_seq`.

    Numbers count from `wire.FIRST_SEQ` within the process without gaps.
    """

    run: str
    process: str
    first_seq: int
    events: list[wire.Event]
    received_at: datetime

    @property
    def key(self) -> ProcessKey:
        return self.run, self.process

    @property
    def last_seq(self) -> int:
        return self.first_seq + len(self.events) - 1

    def part(self, start: int, stop: int | None = None) -> Delivery:
        """Its events from one index to another, as of a list."""
        return Delivery(self.run, self.process, self.first_seq + start, self.events[start:stop], self.received_at)


@dataclass(slots=True)
class StateChange:
    """A run's new state, queued among its events. `at`: the server's clock."""

    run: str
    state: State
    at: datetime


@dataclass(slots=True, frozen=True)
class Position:
    """Where a process stands in Postgres.

    `no` counts the run's processes from 0. Events up to `last_seq` are stored, and `live` is the wall's state after
    exactly those. `ended`: its last event is among them. `superseded`: names of the processes whose place this one
    took. `setup` and `labels` are the run's as they were when it began, whatever the configuration says by now.
    `token_id`: whose run it is; None where nobody was asked for a token.
    """

    no: int
    last_seq: int
    live: dict[str, Any] | None
    ended: bool
    superseded: list[str]
    setup: str
    labels: dict[str, str]
    token_id: int | None


@dataclass(slots=True, frozen=True)
class OpenProcess:
    """`counts`: total, passed, failed, skipped; also of a process whose `live` was let go when the run was over.

    `missing`: tests that it counted at its end and that are not stored.
    """

    name: str
    no: int
    slot: str
    last_seq: int
    live: dict[str, Any] | None
    ended: bool
    superseded: bool
    info: wire.RunInfo
    counts: dict[str, int]
    warnings: int
    errors: int
    lost: int
    missing: int


@dataclass(slots=True, frozen=True)
class OpenRun:
    """A run that may still report: one that runs, or one abandoned lately. `sorted_at`: when it started, by the
    server's clock, as `last_news_at`.
    """

    run: str
    setup: str
    state: State
    info: wire.RunInfo
    sorted_at: datetime
    last_news_at: datetime
    token_id: int | None
    verification: Verification
    missing_failures: int
    processes: list[OpenProcess] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class Failure:
    """`message` is cut at 300 characters."""

    id: str
    process: str
    name: str
    longname: str
    message: str


@dataclass(slots=True, frozen=True)
class LastRun:
    """The latest run of a setup that ended. `started_at`, `ended_at`: the node's clock; the others: the server's."""

    run: str
    setup: str
    state: State
    status: RunStatus | None
    verification: Verification
    name: str
    branch: str
    commit: str
    repository: str
    labels: dict[str, str]
    counts: dict[str, int]
    warnings: int
    errors: int
    lost: int
    missing: int
    missing_failures: int
    processes: int
    started_at: datetime
    ended_at: datetime | None
    sorted_at: datetime
    received_at: datetime
    last_news_at: datetime
    info: wire.RunInfo
    failures: list[Failure]
