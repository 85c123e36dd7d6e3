"""What comes in from nodes: on the wall, in the history, acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from livewall_dashboard.base.errors import Gap, NotFound, Unavailable
from livewall_dashboard.history.recording import recorder as recording
from livewall_dashboard.history.recording.processes import Processes
from livewall_dashboard.lab import Lab, SetupConfig
from livewall_listener import wire
from support.intake_lab import EVENTS, TESTS, WHOLE, Dashboard, stored
from support.waiting import wait_for


@pytest.fixture
def dashboard(database_url: str) -> Iterator[Dashboard]:
    dashboard = Dashboard(database_url).start()
    yield dashboard
    dashboard.stop()


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
    assert tile["counts"] == {"total": TESTS, "passed": TESTS - 1, "failed": 1, "skipped": 0, "expected_failures": 0}
    assert tile["failures"][0]["message"] == "late"
    assert tile["run"]["verification"] == "verified"


def test_a_run_that_is_said_again_after_it_ended_stays_as_it_is(dashboard: Dashboard, database_url: str) -> None:
    """Its node never heard the last acknowledgement, and the dashboard has been started anew since."""
    dashboard.register("r")
    dashboard.send("r", 1, len(EVENTS))
    dashboard.stop()
    second = Dashboard(database_url).start()
    try:
        before = second.tile()
        assert second.register("r", resent=True) == len(EVENTS)
        assert second.tile() == before
    finally:
        second.stop()
    assert stored(database_url, "r") == WHOLE


def test_an_end_on_its_way_to_the_history_does_not_close_what_has_begun_since(
    dashboard: Dashboard, database_url: str
) -> None:
    """A second robot joins the run while the commit of its end waits."""
    dashboard.register("r")
    dashboard.send("r", 1, len(EVENTS) - 1)
    with hold(dashboard):
        sending = threading.Thread(target=dashboard.send, args=("r", len(EVENTS), 1))
        sending.start()
        wait_for(lambda: dashboard.tile()["state"] == "idle", what="the wall to see the end")
        dashboard.register("r", process="1")
    sending.join()
    wait_for(lambda: dashboard.recorder.pending == 0, what="the commit")
    wait_for(lambda: stored(database_url, "r")[0] == "running", what="the run to be open")


def test_a_run_whose_end_is_stored_while_it_is_said_again_is_over(
    dashboard: Dashboard, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its node thought the line dead and came back at once; meanwhile a newer run has its place on the wall."""
    dashboard.register("old")
    dashboard.register("new")
    dashboard.send("new", 1, len(EVENTS))
    dashboard.send("old", 1, len(EVENTS) - 1)
    remember = Processes.remember

    def be_late(*looked: Any) -> Any:
        monkeypatch.undo()
        dashboard.send("old", len(EVENTS), 1)
        return remember(*looked)

    monkeypatch.setattr(Processes, "remember", be_late)
    assert dashboard.register("old") == len(EVENTS)
    assert dashboard.wall.running == 0
    wait_for(lambda: stored(database_url, "old") == WHOLE, what="the end of the run")


def test_an_end_that_was_shown_and_not_stored_comes_again(dashboard: Dashboard, database_url: str) -> None:
    """Postgres was away for a moment; the wall has let the run go, for a newer one has its place."""
    dashboard.register("old")
    dashboard.register("new")
    dashboard.send("new", 1, len(EVENTS))
    dashboard.send("old", 1, len(EVENTS) - 1)
    dashboard.recorder._available = False
    with pytest.raises(Unavailable):
        dashboard.send("old", len(EVENTS), 1)
    dashboard.recorder._available = True
    assert dashboard.register("old") == len(EVENTS) - 1
    assert dashboard.send("old", len(EVENTS), 1) == len(EVENTS)
    assert dashboard.wall.running == 0
    wait_for(lambda: stored(database_url, "old") == WHOLE, what="the end of the run")


def test_an_end_that_the_wall_still_shows_and_nobody_stored_ends_the_run(
    dashboard: Dashboard, database_url: str
) -> None:
    """Postgres was away for a moment; the node says again what it is, and sends what was not stored."""
    dashboard.register("only")
    dashboard.send("only", 1, len(EVENTS) - 1)
    dashboard.recorder._available = False
    with pytest.raises(Unavailable):
        dashboard.send("only", len(EVENTS), 1)
    dashboard.recorder._available = True
    wait_for(lambda: stored(database_url, "only")[0] == "finished", what="the state that the wall has seen")
    assert dashboard.register("only") == len(EVENTS) - 1
    assert dashboard.send("only", len(EVENTS), 1) == len(EVENTS)
    assert dashboard.wall.running == 0
    wait_for(lambda: stored(database_url, "only") == WHOLE, what="the end of the run")


@contextmanager
def hold(dashboard: Dashboard) -> Iterator[None]:
    """Nothing is committed meanwhile."""
    committing, going_on = recording.store, threading.Event()

    def wait_first(*arguments: Any) -> Any:
        going_on.wait(30)
        return committing(*arguments)

    recording.store = wait_first
    try:
        yield
    finally:
        going_on.set()
        recording.store = committing


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
