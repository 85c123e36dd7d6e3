"""Runs that cannot be stored for now: who waits, who is tried again, and what is said of them."""

from __future__ import annotations

import pytest

from livewall_dashboard.history.recording.put_off import GONE_AFTER, LONGEST_PAUSE, PutOffRuns


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runs(clock: Clock) -> PutOffRuns:
    runs = PutOffRuns(clock)
    runs.add({"r1": "somebody holds its rows"})
    return runs


def test_a_run_waits_longer_each_time(runs: PutOffRuns, clock: Clock) -> None:
    for pause in (1.0, 2.0, 4.0, LONGEST_PAUSE):
        assert runs.has_to_wait("r1") and runs.to_try() == []
        clock.now += pause
        assert not runs.has_to_wait("r1") and runs.to_try() == ["r1"]
        runs.add({"r1": "still"})
    assert runs.trouble == "The results of run r1 are not stored: still"
    runs.remove(["r1"])
    assert (runs.trouble, len(runs)) == ("", 0)


def test_a_run_that_nobody_sends_any_more_is_no_trouble(runs: PutOffRuns, clock: Clock) -> None:
    clock.now += 1.0 + GONE_AFTER - 0.1
    assert runs.to_try() == ["r1"] and runs.trouble
    clock.now += 0.1
    assert (runs.to_try(), runs.trouble, len(runs)) == ([], "", 0)


def test_one_that_is_tried_and_tried_stays(runs: PutOffRuns, clock: Clock) -> None:
    for _ in range(20):
        clock.now += LONGEST_PAUSE
        assert runs.to_try() == ["r1"]
        runs.add({"r1": "still"})
    assert runs.trouble


def test_one_of_which_something_waits_stays(runs: PutOffRuns, clock: Clock) -> None:
    """Storing what came before it took that long."""
    clock.now += 1.0 + GONE_AFTER
    assert runs.to_try({"r1"}) == ["r1"] and runs.trouble
    assert runs.to_try() == []


def test_nobody_is_gone_for_what_nobody_was_let_send(runs: PutOffRuns, clock: Clock) -> None:
    clock.now += 2 * GONE_AFTER
    runs.resume()
    assert runs.to_try() == ["r1"] and runs.trouble
    clock.now += GONE_AFTER
    assert runs.to_try() == []
