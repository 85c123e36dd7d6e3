"""What a commit has to do, gathered from events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.history.recording.work import ProcessWork
from livewall_listener import wire
from support.history_lab import BEGAN, RECEIVED, correct_test, end_process, end_suite, end_test, start_suite


def gathered(*events: wire.Event) -> ProcessWork:
    work = ProcessWork(("run-1", "0"), 1, 0, 0, None, len(events), RECEIVED)
    work.add(events, 1)
    return work


def test_tests_stand_as_they_were_last_told() -> None:
    work = gathered(end_test("s1-t1"), end_test("s1-t2", "FAIL", "old"), correct_test("s1-t2", "FAIL", "SKIP", "new"))
    assert [(test_id, *row[:3]) for test_id, row in work.tests.items()] == [("s1-t1", 1, 0, ""), ("s1-t2", 2, 2, "new")]
    assert (work.counts, work.corrections) == ([1, 0, 1, 0], {})


def test_a_correction_of_a_test_stored_before_changes_the_counts_by_what_it_was() -> None:
    work = gathered(correct_test("s1-t1", "PASS", "FAIL", "a"), correct_test("s1-t1", "FAIL", "SKIP", "b"))
    assert (work.counts, work.corrections) == ([-1, 0, 1, 0], {"s1-t1": (2, "b")})


def test_suites_plans_losses_and_the_end() -> None:
    work = gathered(
        wire.Plan(["Suite.A"]),
        start_suite(total=5),
        wire.StartTest("s1-t1", "A", "Suite.A", BEGAN.isoformat()),
        wire.Lost(2, ""),
        wire.Lost(3, ""),
        end_suite(),
        wire.CorrectSuite("s1", "FAIL", "m"),
        end_process(),
    )
    assert (work.suites["s1"][0], work.suite_ends["s1"].status, work.suite_corrections["s1"].message) == (
        2,
        "PASS",
        "m",
    )
    assert (work.lost, work.total, work.tests) == (5, 0, {})
    assert work.end == end_process()


@pytest.mark.parametrize("time", ["", "now", "infinity", "12026-01-01", "2026-01-01 BC", "20260101T000000"])
def test_a_time_is_a_time(time: str) -> None:
    for event in (end_test(start_time=time), wire.StartSuite("s1", "S", "S", time, 0, 0)):
        with pytest.raises(ValueError, match="no ISO 8601 time"):
            gathered(event)


@pytest.mark.parametrize("seconds", [float("inf"), float("nan")])
def test_a_duration_is_finite(seconds: float) -> None:
    with pytest.raises(ValueError, match="no duration"):
        gathered(end_test(elapsed_time=seconds))


IDS = st.sampled_from(["s1-t1", "s1-t2", "s1-t3"])
STATUSES = st.sampled_from(wire.STATUSES)


@given(st.lists(st.tuples(st.booleans(), IDS, STATUSES)), st.lists(st.booleans()))
def test_counts_add_up_however_the_events_are_cut_into_commits(
    steps: list[tuple[bool, str, str]], cuts: list[bool]
) -> None:
    """Against a model that keeps every test; a node never ends the same test twice in two commits."""
    statuses: dict[str, str] = {}
    events: list[Any] = []
    for corrects, test_id, status in steps:
        if corrects != (test_id in statuses):
            continue
        events.append(correct_test(test_id, statuses[test_id], status) if corrects else end_test(test_id, status))
        statuses[test_id] = status
    sums = [0, 0, 0, 0]
    part: list[Any] = []
    for index, event in enumerate(events):
        part.append(event)
        if index == len(events) - 1 or (index < len(cuts) and cuts[index]):
            sums = [before + more for before, more in zip(sums, gathered(*part).counts, strict=True)]
            part = []
    assert sums == [list(statuses.values()).count(status) for status in wire.STATUSES]
