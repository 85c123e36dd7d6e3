"""The one rule of a run's status, over all combinations of what may be known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from livewall_dashboard.base.run_status import Evidence, State, Verification, status_of

STATES: tuple[State, ...] = ("running", "finished", "abandoned")
VERIFICATIONS: tuple[Verification, ...] = ("pending", "verified", "partial")
WHOLE = Evidence("finished", ended=True, verification="verified")


def everything() -> Iterator[Evidence]:
    few = (0, 2)
    for state, ended, verification, *numbers in product(STATES, (True, False), VERIFICATIONS, *[few] * 7):
        yield Evidence(state, ended, verification, *numbers)


def test_it_failed_exactly_where_a_failure_is_here_or_was_counted() -> None:
    for run in everything():
        assert (status_of(run) == "FAIL") == bool(run.failed or run.missing_failures or run.not_run), run


def test_while_something_is_missing_it_neither_passed_nor_was_skipped() -> None:
    for run in everything():
        known = [
            run.state == "abandoned",
            run.state == "finished" and not run.ended,
            bool(run.missing),
            run.verification == "partial",
            bool(run.lost) and run.verification == "pending",
        ]
        assert run.is_incomplete == any(known), run
        if any(known):
            assert status_of(run) in ("FAIL", None), run


def test_a_whole_run_has_robot_framework_s_status() -> None:
    for run in everything():
        if run.is_incomplete or status_of(run) == "FAIL":
            continue
        wanted = "PASS" if run.passed else "SKIP" if run.skipped or run.state == "finished" else None
        assert status_of(run) == wanted, run


def test_what_was_lost_does_not_matter_where_all_results_are_proven_to_be_here() -> None:
    assert status_of(replace(WHOLE, passed=1, lost=3)) == "PASS"


def test_a_run_of_no_tests_was_skipped_once_it_is_over() -> None:
    assert status_of(WHOLE) == "SKIP"
    assert status_of(replace(WHOLE, state="running")) is None
