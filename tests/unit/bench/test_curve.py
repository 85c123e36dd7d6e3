from __future__ import annotations

import math

import pytest

from bench import curve
from bench.curve import Limit

NODES = Limit("the core is full", "nodes", 900.0, 500.0, 500.0)


@pytest.mark.parametrize(
    ("costs", "expected"),
    [([5, 5, 5], 0), ([1, 10, 100], 1), ([1, 100, 10_000], 2), ([100, 10, 1], -1)],
)
def test_power_is_what_cost_grows_with(costs: list[float], expected: float) -> None:
    assert curve.power([10, 100, 1000], costs) == pytest.approx(expected, abs=1e-9)


def test_power_of_points_beside_a_line_is_that_of_the_line_between() -> None:
    assert curve.power([1, 10, 100], [1, 20, 100]) == pytest.approx(1)


def test_meets_between_two_sizes() -> None:
    assert curve.meets([10, 100, 1000], [0.1, 1, 10], math.sqrt(10)) == pytest.approx(100 * math.sqrt(10))


def test_meets_beyond_the_last_size_goes_on_as_before() -> None:
    assert curve.meets([50, 200, 500], [0.05, 0.2, 0.5], 1) == pytest.approx(1000)


def test_meets_falling_looks_for_values_below() -> None:
    assert curve.meets([20, 100, 300], [100, 60, 20], 15, falling=True) == pytest.approx(400, rel=0.01)


@pytest.mark.parametrize("values", [[5, 5, 5], [9, 5, 3]])
def test_meets_nothing_where_the_curve_does_not_go_there(values: list[float]) -> None:
    assert curve.meets([1, 10, 100], values, 10) is None


def test_meets_nothing_that_is_too_far_to_be_believed() -> None:
    assert curve.meets([1, 10, 100], [1, 1.01, 1.02], 10) is None


@pytest.mark.parametrize(("values", "falling"), [([20, 30], False), ([10, 5], True)])
def test_meets_at_once_where_the_first_size_is_past_it(values: list[float], falling: bool) -> None:
    assert curve.meets([50, 200], values, 15, falling=falling) == 50


def test_first_limit_is_the_nearest_to_what_is_wanted() -> None:
    screens = Limit("a screen gets fewer than 15 frames a second", "screens", 330.0, 600.0, 300.0)
    results = Limit("95 % of timelines take more than 50 ms", "results stored", None, 1e7, 1e7)
    assert curve.first([NODES, screens, results]) is screens
    assert curve.first([results, NODES]) is NODES


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (NODES, "the core is full at about 900 nodes (measured up to 500, then extended)"),
        (Limit("it is slow", "runs", 12_345.0, 1e5, 1e5), "it is slow at about 12,000 runs"),
        (Limit("it is slow", "runs", None, 1e5, 1e5), "up to 100,000 runs, it is slow is not in sight"),
    ],
)
def test_limit_says_where_and_whether_it_was_seen(limit: Limit, words: str) -> None:
    assert limit.words == words
