"""How a test did near a commit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.history.results.expectation import WORDS
from livewall_dashboard.resultsdb import summary

WEIGHED = st.lists(
    st.tuples(st.tuples(st.sampled_from([word.lower() for word in WORDS]), st.just("")), st.integers(0, 9))
)


def test_weights_fall_with_the_distance_and_the_commit_itself_counts_twice() -> None:
    assert summary.weights([10, 20], [30, 40], 3, 30) == {20: 2, 10: 1, 30: 6, 40: 2}
    assert summary.weights([10, 20], [], 3, None) == {20: 2, 10: 1}


@given(WEIGHED)
def test_percents_add_up_to_98_to_100(counted: list[tuple[summary.Key, int]]) -> None:
    percents = summary.percents(counted)
    assert not percents or 98 <= sum(percents.values()) <= 100
    total = sum(weight for _, weight in counted)
    for key, percent in percents.items():
        exact = 100 * sum(weight for other, weight in counted if other == key) / total
        assert exact - 1 < percent < exact + 1


@pytest.mark.parametrize(
    ("with_expectations", "expected"),
    [(False, {"pass": 66, "fail": 33}), (True, {"pass": {"x": 66}, "fail": {"x": 33}})],
)
def test_as_json_has_every_status(*, with_expectations: bool, expected: dict[str, object]) -> None:
    key = "x" if with_expectations else ""
    percents = summary.percents([(("pass", key), 2), (("fail", key), 1)])
    told = summary.as_json(percents, with_expectations=with_expectations)
    assert list(told) == [word.lower() for word in WORDS]
    assert {name: value for name, value in told.items() if value} == expected
