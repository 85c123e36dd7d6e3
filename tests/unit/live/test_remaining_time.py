from __future__ import annotations

import pytest

from livewall_dashboard.live.remaining_time import Plan


def test_remaining_is_the_sum_of_what_is_not_done() -> None:
    plan = Plan()
    plan.add(["A", "B", "C"], {"A": 1.0, "B": 2.0, "C": 4.0})
    plan.done("B")
    assert plan.remaining == pytest.approx(5.0)
    assert plan.known


def test_a_test_without_history_counts_with_the_mean() -> None:
    plan = Plan()
    plan.add(["A", "B", "new"], {"A": 1.0, "B": 3.0})
    assert plan.remaining == pytest.approx(6.0)


def test_below_half_known_there_is_no_estimate() -> None:
    plan = Plan()
    plan.add(["A", "B", "C"], {"A": 1.0})
    assert not plan.known


def test_an_empty_plan_is_not_known() -> None:
    assert not Plan().known


def test_a_longname_planned_twice_is_done_twice() -> None:
    plan = Plan()
    plan.add(["A", "A"], {"A": 2.0})
    plan.done("A")
    assert plan.remaining == pytest.approx(2.0)
    plan.done("A")
    plan.done("A")
    assert plan.remaining == 0.0


def test_a_test_that_was_never_planned_changes_nothing() -> None:
    plan = Plan()
    plan.add(["A"], {"A": 2.0})
    plan.done("B")
    assert plan.remaining == pytest.approx(2.0)


def test_chunks_add_up_and_keep_what_is_done() -> None:
    plan = Plan()
    plan.add(["A", "B"], {"A": 1.0, "B": 1.0})
    plan.done("A")
    plan.add(["C"], {"C": 5.0})
    plan.done("A")
    assert plan.remaining == pytest.approx(6.0)


def test_the_mean_is_that_of_all_that_is_known() -> None:
    plan = Plan()
    plan.add(["A", "B"], {"A": 1.0, "B": 3.0})
    assert plan.mean == pytest.approx(2.0)
    plan.add(["C", "new"], {"C": 8.0})
    assert plan.mean == pytest.approx(4.0)
    assert plan.remaining == pytest.approx(16.0)
    plan.add(["unknown"], {})
    assert (plan.mean, plan.remaining) == (pytest.approx(4.0), pytest.approx(20.0))


def test_half_of_the_tests_known_is_enough() -> None:
    plan = Plan()
    plan.add(["A", "B"], {"A": 1.0})
    assert plan.known
    plan.add(["C"], {})
    assert not plan.known


def test_a_test_of_no_duration_is_done_once() -> None:
    plan = Plan()
    plan.add(["instant", "instant", "A"], {"instant": 0.0, "A": 2.0})
    plan.done("instant")
    plan.done("instant")
    plan.done("instant")
    plan.done("A")
    assert plan.remaining == 0.0


def test_done_takes_its_own_test_away_wherever_it_stands() -> None:
    names = [f"Root.T{number}" for number in range(50)]
    plan = Plan()
    plan.add(names, {name: float(2**number) for number, name in enumerate(names)})
    for number, name in enumerate(names):
        plan.done(name)
        assert plan.remaining == float(2**50 - 2 ** (number + 1))


def test_a_test_done_twice_leaves_the_others_alone() -> None:
    plan = Plan()
    plan.add(["A", "A", "A", "B"], {"A": 1.0, "B": 10.0})
    for left in (12.0, 11.0, 10.0, 10.0):
        plan.done("A")
        assert plan.remaining == left
