"""The status on a tile, before the history has compared and after it has; and what is counted of all tiles."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from livewall_dashboard.live import Wall
from livewall_dashboard.live.process import ProcessState
from livewall_listener import wire

START = datetime(2026, 5, 4, 10, 0, tzinfo=timezone.utc)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class Lab:
    def __init__(self) -> None:
        self.wall = Wall(timedelta(seconds=30), timedelta(seconds=120))

    def run(self, key: str, *statuses: str, setup: str = "", **info: Any) -> None:
        """A run under way of tests that ended so."""
        setup = setup or key
        self.wall.register(key, setup, wire.RunInfo(**info), at(0), at(0))
        tests = [wire.EndTest(f"s1-t{n}", "T", "S.T", status, "", "", 1.0) for n, status in enumerate(statuses)]
        self.wall.apply(
            key, "0", [wire.StartSuite("s1", "S", "S", START.isoformat(), len(tests), 0), *tests], "", at(0)
        )

    def end(self, key: str, total: int, passed: int = 0, failed: int = 0, skipped: int = 0) -> None:
        self.wall.apply(key, "0", [wire.EndProcess(total, passed, failed, skipped, "digest")], "", at(1))

    def status(self, setup: str) -> str | None:
        (tile,) = [tile for tile in self.wall.tiles() if tile["setup"] == setup]
        status: str | None = tile["status"]
        return status


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_a_run_of_no_tests_was_skipped(lab: Lab) -> None:
    lab.run("r1")
    assert lab.status("r1") is None
    lab.end("r1", 0)
    assert lab.status("r1") == "SKIP"


@pytest.mark.parametrize("counts", [(3, 3), (2, 1, 0, 1), (1, 1)], ids=["more", "others", "fewer"])
def test_an_end_that_counts_otherwise_than_was_told_is_incomplete(lab: Lab, counts: tuple[int, ...]) -> None:
    """Also after a restart, and until the history has proven that all is there."""
    lab.run("r1", "PASS", "PASS")
    lab.end("r1", *counts)
    assert lab.status("r1") is None
    process = lab.wall.process("r1", "0")
    assert process is not None
    assert ProcessState.from_snapshot("0", "", process.as_snapshot()).lacks
    lab.wall.set_verification("r1", "verified")
    assert lab.status("r1") == "PASS"


def test_an_end_that_counts_what_was_told_is_believed_until_the_history_knows(lab: Lab) -> None:
    lab.run("r1", "PASS", "SKIP")
    lab.end("r1", 2, 1, 0, 1)
    assert lab.status("r1") == "PASS"
    lab.wall.set_verification("r1", "partial")
    assert lab.status("r1") is None
    lab.wall.set_verification("r1", "partial", 0, 1)
    assert lab.status("r1") == "FAIL"


def test_a_snapshot_of_an_earlier_release_lacks_nothing(lab: Lab) -> None:
    lab.run("r1", "PASS")
    process = lab.wall.process("r1", "0")
    assert process is not None
    snapshot = process.as_snapshot()
    del snapshot["lacks"]
    assert not ProcessState.from_snapshot("0", "", snapshot).lacks


def test_a_run_that_lost_events_has_not_passed_so_far(lab: Lab) -> None:
    lab.run("r1", "PASS")
    assert lab.status("r1") == "PASS"
    lab.wall.apply("r1", "0", [wire.Lost(1, "full")], "", at(1))
    assert lab.status("r1") is None


def test_a_run_that_was_given_up_has_not_passed(lab: Lab) -> None:
    lab.run("passed", "PASS")
    lab.run("failed", "PASS", "FAIL")
    lab.wall.tick(at(121))
    assert (lab.status("passed"), lab.status("failed")) == (None, "FAIL")


def test_a_pabot_run_of_which_tests_never_began_has_not_passed(lab: Lab) -> None:
    """Pabot was killed between two processes: all that began have ended."""
    lab.run("r1", "PASS", pabot=True, total=3)
    lab.end("r1", 1, 1)
    assert lab.status("r1") == "PASS"
    lab.wall.tick(at(60))
    (tile,) = lab.wall.tiles()
    assert (tile["state"], tile["status"], tile["run"]["missing"]) == ("idle", None, 2)


def test_setups_are_counted_that_fail_and_that_lack_results(lab: Lab) -> None:
    for key, status, counts in (("passed", "PASS", (1, 1)), ("lacks", "PASS", (2, 2)), ("failed", "FAIL", (1, 0, 1))):
        lab.run(key, status)
        lab.end(key, *counts)
    lab.run("begun")
    lab.run("failing", "FAIL")
    assert (lab.wall.failing, lab.wall.incomplete) == (2, 1)
    lab.wall.tick(at(121))
    assert (lab.wall.failing, lab.wall.incomplete) == (2, 2)


def test_runs_are_silent_that_go_on_without_news(lab: Lab) -> None:
    """Neither those that are heard of, nor those that are over."""
    lab.run("heard")
    lab.run("over", "PASS")
    lab.end("over", 1, 1)
    lab.run("one")
    lab.run("two")
    lab.wall.tick(at(31))
    lab.wall.sample("heard", "0", None, at(32))
    assert (lab.wall.running, lab.wall.silent) == (3, 2)
    lab.wall.sample("one", "0", None, at(33))
    assert lab.wall.silent == 1
    lab.wall.tick(at(125))
    assert (lab.wall.running, lab.wall.silent) == (2, 2)
