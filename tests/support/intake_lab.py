"""Recorder, wall and intake as app.py puts them together, without HTTP, on a real Postgres."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import psycopg

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.history.recording.pending import Pending
from livewall_dashboard.history.recording.recorder import Recorder
from livewall_dashboard.ingest.intake import Intake
from livewall_dashboard.lab import Lab
from livewall_dashboard.live import Wall
from livewall_dashboard.postgres.database import Database
from livewall_listener import wire

TESTS = 12
TIME = "2026-05-04T10:00:00.000000+00:00"


def events_of_a_run(tests: int = TESTS) -> list[wire.Event]:
    """All that a robot process says of a suite of so many tests, whose teardown fails the first of them."""
    events: list[wire.Event] = [wire.StartSuite("s1", "Root", "Root", TIME, tests, tests)]
    for number in range(1, tests + 1):
        test = f"s1-t{number}", f"T{number}", f"Root.T{number}"
        events.append(wire.StartTest(*test, TIME))
        events.append(wire.EndTest(*test, "PASS", "", TIME, 0.5, tags=["smoke"]))
    events.append(wire.CorrectTest("s1-t1", "T1", "Root.T1", "PASS", "FAIL", "late"))
    events.append(wire.EndSuite("s1", "FAIL", "", 9.0, tests))
    digest = wire.digest_of(
        (f"s1-t{n}", "FAIL" if n == 1 else "PASS", "late" if n == 1 else "") for n in range(1, tests + 1)
    )
    events.append(wire.EndProcess(tests, tests - 1, 1, 0, digest))
    return events


EVENTS = events_of_a_run()
WHOLE = ("finished", "verified", TESTS - 1, 1, TESTS)
"""What `stored` says of a run of which all is there."""


class Dashboard:
    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.lab = Lab()
        self.lock = threading.Lock()
        self.wall = Wall(timedelta(seconds=30), timedelta(seconds=120))
        self.recorder = Recorder(self.database, lock=self.lock, snapshot=self.snapshot)
        self.intake = Intake(
            self.wall,
            self.recorder,
            lock=self.lock,
            clock=utc_now,
            lab=lambda: self.lab,
            on_plan=lambda run, process: None,
            on_change=lambda: None,
            on_end=lambda run: None,
        )

    def snapshot(self, run: str, process: str) -> dict[str, object] | None:
        return self.intake.snapshot(run, process)

    def start(self) -> Dashboard:
        self.database.open()
        self.recorder.start()
        self.intake.restore()
        return self

    def stop(self) -> None:
        self.recorder.stop(timeout=10)
        self.database.close()

    def kill(self) -> None:
        """As kill -9: what was not committed is gone, and Postgres sees its connections end."""
        with self.lock:
            self.recorder._pending = Pending()
        if self.recorder._writer is not None:
            self.cut_off()
        self.stop()

    def cut_off(self) -> None:
        """End the recorder's connection from the other side."""
        writer = self.recorder._writer
        if writer is not None:
            with psycopg.connect(self.database.url) as connection:
                connection.execute("SELECT pg_terminate_backend(%s)", [writer.info.backend_pid])

    def register(self, run: str, setup: str = "vm1", **info: Any) -> int:
        return self.intake.create(run, wire.RunInfo(setup=setup, **info), "127.0.0.1")

    def send(self, run: str, first: int, count: int) -> int:
        return self.intake.accept(run, wire.Batch("0", first, EVENTS[first - 1 : first - 1 + count], TIME))

    def tile(self, setup: str = "vm1") -> dict[str, Any]:
        return next(tile for tile in self.wall.tiles() if tile["setup"] == setup)


def stored(url: str, run: str) -> tuple[str, str, int, int, int]:
    """state, verification, passed, failed, rows."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT state, verification, passed, failed,"
            " (SELECT count(*) FROM result WHERE run_id = run.id) FROM run WHERE key = %s",
            [run],
        ).fetchone()
    assert row is not None
    return row
