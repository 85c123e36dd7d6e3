"""Effectively once: whatever a line does to batches, the history has each event once and acknowledges what it has."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livewall_dashboard.clock import utc_now
from livewall_dashboard.db import Database
from livewall_dashboard.errors import Gap, NotFound
from livewall_dashboard.history.recorder import Recorder
from livewall_dashboard.ingest.intake import Intake
from livewall_dashboard.lab import Lab, SetupConfig
from livewall_dashboard.live import Wall
from livewall_listener import wire
from support.waiting import wait_for

TESTS = 12
TIME = "2026-05-04T10:00:00.000000+00:00"


def events_of_a_run(tests: int = TESTS) -> list[wire.Event]:
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


class Dashboard:
    """Recorder, wall and intake as app.py puts them together, without HTTP."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.lab = Lab()
        lock = threading.Lock()
        self.wall = Wall(timedelta(seconds=30), timedelta(seconds=120))
        self.recorder = Recorder(self.database, lock=lock, snapshot=self.snapshot)
        self.intake = Intake(
            self.wall,
            self.recorder,
            lock=lock,
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

    def register(self, run: str) -> int:
        return self.intake.create(run, wire.RunInfo(setup="vm1"), "127.0.0.1")

    def send(self, run: str, first: int, count: int) -> int:
        return self.intake.accept(run, wire.Batch("0", first, EVENTS[first - 1 : first - 1 + count], TIME))

    def tile(self) -> dict[str, Any]:
        return next(tile for tile in self.wall.tiles() if tile["setup"] == "vm1")


@pytest.fixture
def dashboard(database_url: str) -> Iterator[Dashboard]:
    dashboard = Dashboard(database_url).start()
    yield dashboard
    dashboard.stop()


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


WHOLE = ("finished", "verified", TESTS - 1, 1, TESTS)


def test_a_run_in_one_batch(dashboard: Dashboard, database_url: str) -> None:
    assert dashboard.register("r") == 0
    assert dashboard.send("r", 1, len(EVENTS)) == len(EVENTS)
    dashboard.stop()
    assert stored(database_url, "r") == WHOLE


def test_an_unknown_process_has_to_register(dashboard: Dashboard) -> None:
    with pytest.raises(NotFound, match="PUT"):
        dashboard.send("r", 1, 1)


def test_a_gap_says_where_to_go_on(dashboard: Dashboard) -> None:
    dashboard.register("r")
    dashboard.send("r", 1, 3)
    with pytest.raises(Gap) as raised:
        dashboard.send("r", 7, 2)
    assert raised.value.detail == {"expected_seq": 4}
    assert dashboard.tile()["counts"]["passed"] == 1, "nothing of it was shown"


@given(
    steps=st.lists(st.tuples(st.integers(1, len(EVENTS)), st.integers(0, 9), st.booleans()), min_size=1, max_size=12),
    number=st.uuids(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_repeated_overlapping_and_early_batches(
    dashboard: Dashboard, database_url: str, steps: list[tuple[int, int, bool]], number: Any
) -> None:
    """Batches from anywhere in the run, some sent again at once; then the rest in order, as a node would."""
    run = f"r-{number}"
    acknowledged = dashboard.register(run)  # not 0 where an example is tried again
    for first, count, again in steps:
        for _ in range(2 if again else 1):
            if first > acknowledged + 1:
                with pytest.raises(Gap) as raised:
                    dashboard.send(run, first, count)
                assert raised.value.detail["expected_seq"] == acknowledged + 1
                continue
            ack = dashboard.send(run, first, count)
            assert ack >= acknowledged
            assert ack >= min(first + count - 1, len(EVENTS))
            acknowledged = ack
    while acknowledged < len(EVENTS):
        acknowledged = dashboard.send(run, acknowledged + 1, 5)
    # The run's end is stored after the event that brought it.
    wait_for(lambda: stored(database_url, run)[0] == "finished", 10, "the end of the run")
    assert stored(database_url, run) == WHOLE


def test_a_restart_goes_on_where_the_last_commit_was(dashboard: Dashboard, database_url: str) -> None:
    dashboard.register("r")
    dashboard.send("r", 1, 6)
    before = dashboard.tile()
    dashboard.stop()
    second = Dashboard(database_url).start()
    try:
        after = second.tile()
        for field in ("state", "status", "counts", "suite", "test"):
            assert after[field] == before[field]
        assert second.send("r", 4, 5) == 8
        assert second.register("r") == 8
        assert second.send("r", 9, len(EVENTS)) == len(EVENTS)
    finally:
        second.stop()
    assert stored(database_url, "r") == WHOLE


def test_a_finished_run_is_the_setups_last_result_after_a_restart(dashboard: Dashboard, database_url: str) -> None:
    dashboard.register("r")
    dashboard.send("r", 1, len(EVENTS))
    dashboard.stop()
    second = Dashboard(database_url).start()
    try:
        tile = second.tile()
    finally:
        second.stop()
    assert (tile["state"], tile["status"]) == ("idle", "FAIL")
    assert tile["counts"] == {"total": TESTS, "passed": TESTS - 1, "failed": 1, "skipped": 0}
    assert tile["failures"][0]["message"] == "late"
    assert tile["run"]["verification"] == "verified"


def test_labels_are_the_setups_unless_the_node_says_otherwise(dashboard: Dashboard) -> None:
    dashboard.lab = Lab.of([SetupConfig("vm1", labels={"os": "debian-12", "rack": "7"})])
    dashboard.intake.create(
        "run-1", wire.RunInfo(setup="vm1", labels={"os": "debian-13", "arch": "arm64"}), "127.0.0.1"
    )
    assert dashboard.tile()["run"]["labels"] == {"os": "debian-13", "rack": "7", "arch": "arm64"}
    assert labels_of(dashboard, "run-1") == {"os": "debian-13", "rack": "7", "arch": "arm64"}


def test_a_changed_configuration_is_for_runs_that_begin_after_it(dashboard: Dashboard) -> None:
    info = wire.RunInfo(host="node-1", labels={"arch": "arm64"})
    dashboard.lab = Lab.of([SetupConfig("vm1", hosts=("node-1",), labels={"os": "debian-12"})])
    dashboard.intake.create("run-1", info, "127.0.0.1")
    dashboard.lab = Lab.of([SetupConfig("vm2", hosts=("node-1",), labels={"os": "debian-13"})])
    dashboard.intake.create("run-1", info, "127.0.0.1")
    dashboard.intake.create("run-2", info, "127.0.0.1")
    tiles = {tile["setup"]: tile["run"] for tile in dashboard.wall.tiles()}
    assert {name: (run["id"], run["labels"]["os"]) for name, run in tiles.items()} == {
        "vm1": ("run-1", "debian-12"),
        "vm2": ("run-2", "debian-13"),
    }
    assert labels_of(dashboard, "run-1") == {"os": "debian-12", "arch": "arm64"}
    assert labels_of(dashboard, "run-2") == {"os": "debian-13", "arch": "arm64"}


def labels_of(dashboard: Dashboard, run: str) -> dict[str, str]:
    """As the history has them."""
    with dashboard.database.connection() as connection:
        row = connection.execute(
            "SELECT labels FROM run JOIN configuration ON configuration.id = configuration_id WHERE key = %s", [run]
        ).fetchone()
    assert row is not None
    return dict(row["labels"])
