"""A recorder on a database of the test's own, and processes that tell it events."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
from psycopg.rows import dict_row

from livewall_dashboard.base.run_status import State
from livewall_dashboard.history.recording.model import Delivery, Position
from livewall_dashboard.history.recording.recorder import Recorder
from livewall_dashboard.postgres.database import Database
from livewall_listener import wire

BEGAN = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=timezone.utc)
"""By the node's clock, which is an hour behind."""
RECEIVED = BEGAN + timedelta(hours=1)
PATIENCE = 30.0


@dataclass
class Lab:
    """A recorder and what stands around it. `live` is what its `snapshot` gives."""

    database: Database
    live: dict[tuple[str, str], dict[str, Any] | None] = field(default_factory=dict)
    recorder: Recorder = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.recorder = self.new_recorder()

    def new_recorder(self, **options: Any) -> Recorder:
        return Recorder(
            self.database, lock=self.lock, snapshot=lambda run, process: self.live.get((run, process)), **options
        )

    def restart(self) -> None:
        """As after kill -9: nothing in memory is left but what Postgres has."""
        self.recorder.stop(PATIENCE)
        self.recorder = self.new_recorder()
        self.recorder.start()

    def process(self, run: str = "run-1", name: str = "0", *, setup: str = "vm1", **info: Any) -> Process:
        process = Process(self, run, setup, replace(INFO, process=name, **info))
        process.register()
        return process

    def state(self, run: str, state: State, at: datetime = RECEIVED) -> None:
        with self.lock:
            self.recorder.submit_state(run, state, at)

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with psycopg.connect(self.database.url, row_factory=dict_row) as connection:
            return connection.execute(query, values).fetchall()

    def row(self, query: str, *values: object) -> dict[str, Any]:
        (row,) = self.rows(query, *values)
        return row


INFO = wire.RunInfo(
    started_at=BEGAN.isoformat(),
    sent_at=BEGAN.isoformat(),
    labels={"os": "debian-12", "arch": "amd64"},
    repository="lab/product",
    branch="main",
    commit="4f1c" * 10,
)


@dataclass
class Process:
    """A robot process: tells events in order."""

    lab: Lab
    run: str
    setup: str
    info: wire.RunInfo
    seq: int = 0
    position: Position | None = None

    def register(self) -> Position:
        self.position = self.lab.recorder.register(self.run, self.setup, self.info, RECEIVED)
        return self.position

    def delivery(self, *events: wire.Event) -> Delivery:
        first = self.seq + 1
        self.seq += len(events)
        return Delivery(self.run, self.info.process, first, list(events), RECEIVED)

    def submit(self, *events: wire.Event) -> None:
        delivery = self.delivery(*events)
        with self.lab.lock:
            self.lab.recorder.submit(delivery)

    def tell(self, *events: wire.Event) -> None:
        """Submit and wait until they are stored."""
        self.submit(*events)
        assert self.committed(self.seq) == self.seq

    def committed(self, seq: int) -> int:
        return self.lab.recorder.wait_committed(self.run, self.info.process, seq, PATIENCE)


def start_suite(suite_id: str = "s1", longname: str = "Suite", total: int = 0, **more: Any) -> wire.StartSuite:
    name = longname.rpartition(".")[2]
    return wire.StartSuite(suite_id, name, longname, BEGAN.isoformat(), total, total, **more)


def end_suite(
    suite_id: str = "s1", status: str = "PASS", message: str = "", total: int = 0, **more: Any
) -> wire.EndSuite:
    return wire.EndSuite(suite_id, status, message, 12.5, total, **more)


def end_test(
    test_id: str = "s1-t1", status: str = "PASS", message: str = "", name: str = "", **more: Any
) -> wire.EndTest:
    name = name or f"Test {test_id}"
    values = {"start_time": BEGAN.isoformat(), "elapsed_time": 1.5, "lineno": 7, "tags": ["smoke"], **more}
    return wire.EndTest(test_id, name, f"Suite.{name}", status, message, **values)


def correct_test(test_id: str, was: str, status: str, message: str = "Parent's") -> wire.CorrectTest:
    return wire.CorrectTest(test_id, f"Test {test_id}", f"Suite.Test {test_id}", was, status, message)


def end_process(*results: tuple[str, str, str], **more: Any) -> wire.EndProcess:
    """What a node says at its end of these (id, status, message)."""
    passed, failed, skipped = (sum(status == wanted for _, status, _ in results) for wanted in ("PASS", "FAIL", "SKIP"))
    return wire.EndProcess(len(results), passed, failed, skipped, wire.digest_of(results), **more)
