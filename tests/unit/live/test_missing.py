"""How many tests are missing, as the wall says it; and runs that an import completed behind its back."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from livewall_dashboard.live import Wall
from livewall_dashboard.live.process import Counts, ProcessState
from livewall_dashboard.live.run import RunState
from livewall_listener import wire

START = datetime(2026, 5, 4, 10, 0, tzinfo=timezone.utc)
WHOLE = ProcessState("", counts=Counts(12, 10, 2), root="Root", ended=True)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture
def wall() -> Wall:
    """A run of 12 tests, of which it heard two."""
    wall = Wall(timedelta(seconds=30), timedelta(seconds=120))
    begin(wall, "r1", 0)
    return wall


def begin(wall: Wall, run: str, seconds: float, **info: Any) -> None:
    wall.register(run, "vm1", wire.RunInfo(**info), at(seconds), at(seconds))
    tests = [wire.EndTest(f"s1-t{n}", f"T{n}", f"Root.T{n}", "PASS", "", at(seconds).isoformat(), 1.0) for n in (1, 2)]
    events = [wire.StartSuite("s1", "Root", "Root", at(seconds).isoformat(), 12, 12), *tests]
    wall.apply(run, "0", events, "", at(seconds))


def completed(run: str, seconds: float) -> RunState:
    return RunState(
        run, "vm1", wire.RunInfo(), at(seconds), at(seconds), "finished", ended_at=at(seconds), verification="verified"
    )


def tile(wall: Wall) -> dict[str, Any]:
    (tile,) = wall.tiles()
    return tile


def test_what_is_still_to_come_is_not_missing_until_the_run_is_given_up(wall: Wall) -> None:
    assert tile(wall)["run"]["missing"] == 0
    wall.tick(at(121))
    assert (tile(wall)["state"], tile(wall)["run"]["missing"]) == ("abandoned", 10)
    wall.apply("r1", "0", [], "", at(122))
    assert (tile(wall)["state"], tile(wall)["run"]["missing"]) == ("running", 0)


def test_pabot_s_tests_that_no_process_began_are_missing_too() -> None:
    wall = Wall(timedelta(seconds=30), timedelta(seconds=120))
    begin(wall, "r1", 0, pabot=True, total=40)
    wall.tick(at(121))
    assert tile(wall)["run"]["missing"] == 38


def test_of_a_process_that_ended_the_history_knows(wall: Wall) -> None:
    wall.apply("r1", "0", [wire.EndProcess(12, 12, 0, 0, "digest")], "", at(1))
    assert tile(wall)["run"]["missing"] == 0
    wall.take_changes()
    wall.set_verification("r1", "partial", 10)
    assert tile(wall)["run"]["missing"] == 10 and wall.changed


def test_of_an_incomplete_run_those_tests_are_counted_that_are_here(wall: Wall) -> None:
    wall.apply("r1", "0", [wire.EndProcess(12, 11, 1, 0, "digest")], "", at(1))
    wall.take_changes()
    wall.set_verification("r1", "partial", 10, 0, Counts(2, 2))
    assert (tile(wall)["counts"]["total"], tile(wall)["counts"]["passed"], tile(wall)["status"]) == (2, 2, None)
    assert wall.changed
    wall.register("r1", "vm1", wire.RunInfo(process="1"), at(2), at(0))
    assert (tile(wall)["state"], tile(wall)["counts"]["total"]) == ("running", 12), "it goes on, and more may come"


def test_a_completed_run_takes_the_place_of_what_was_known(wall: Wall) -> None:
    wall.tick(at(121))
    wall.set_log("r1", "/log.html")
    wall.take_changes()
    wall.replace(completed("r1", 0), WHOLE)
    shown = tile(wall)
    assert (shown["state"], shown["status"], shown["counts"]["total"], shown["run"]["missing"]) == (
        "idle",
        "FAIL",
        12,
        0,
    )
    assert (shown["run"]["verification"], shown["failures_log"]) == ("verified", "/log.html")
    assert wall.changed and not wall.knows("r1")
    assert wall.tick(at(500)) == []


def test_a_run_made_of_a_file_shows_where_it_is_the_latest(wall: Wall) -> None:
    wall.apply("r1", "0", [wire.EndProcess(2, 2, 0, 0, "digest")], "", at(1))
    wall.replace(completed("older", -100), WHOLE)
    assert tile(wall)["run"]["id"] == "r1"
    wall.replace(completed("newer", 100), WHOLE)
    assert tile(wall)["run"]["id"] == "newer"


def test_a_completed_run_hides_none_that_goes_on(wall: Wall) -> None:
    wall.tick(at(121))
    begin(wall, "r2", 130)
    wall.replace(completed("r1", 0), WHOLE)
    assert (tile(wall)["run"]["id"], tile(wall)["state"]) == ("r2", "running")
