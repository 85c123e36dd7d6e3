"""A tree of results -> its tests and what they come to."""

from __future__ import annotations

from typing import Any

import pytest

from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.history.results.expectation import CRASH, FAIL, PASS, TEXT
from livewall_dashboard.resultsdb import tree


def test_read_joins_parts_and_takes_an_empty_leaf_for_a_pass() -> None:
    results, summary = tree.read({"a": {"b": {"c.html": {}}, "d.html": {"actual": "TEXT CRASH", "expected": "FAIL"}}})
    found = [(result.longname, result.actual, result.expected) for result in results]
    assert found == [("a/b/c.html", PASS, PASS), ("a/d.html", TEXT | CRASH, FAIL)]
    assert summary.stats["tests_run"] == 2


@pytest.mark.parametrize(
    ("actual", "expected", "counted"),
    [
        ("PASS", "FAIL", set()),
        ("WARNING", "PASS", set()),
        ("FAIL", "FAIL", {"tests_failed"}),
        ("IMAGE", "FAIL", {"tests_failed"}),
        ("ERROR", "PASS", {"tests_failed", "tests_unexpected_failed"}),
        (
            "TIMEOUT",
            "PASS",
            {"tests_failed", "tests_unexpected_failed", "tests_timedout", "tests_unexpected_timedout"},
        ),
        ("CRASH", "CRASH", {"tests_failed", "tests_timedout", "tests_crashed"}),
        ("CRASH TEXT", "CRASH", {"tests_failed", "tests_timedout", "tests_crashed", "tests_unexpected_failed"}),
    ],
)
def test_summary_counts_what_is_as_bad_or_worse(actual: str, expected: str, counted: set[str]) -> None:
    _, summary = tree.read({"a": {"actual": actual, "expected": expected}})
    assert {name for name, number in summary.stats.items() if number} == {"tests_run", *counted}


@pytest.mark.parametrize(
    "leaf",
    [
        {},
        {"time": 12},
        {"time": 0},
        {"time": 1.2},
        {"time": 0.1 + 0.2},
        {"time": 1e15},
        {"time": True},
        {"time": -3},
        {"log": "text"},
        {"log": ""},
        {"log": None},
        {"log": "NUL\0"},
        {"flakiness_num_tries": 3, "more": {}.get("none")},
    ],
)
def test_what_is_beside_the_statuses_comes_back(leaf: dict[str, Any]) -> None:
    ((result,), _) = tree.read({"a": leaf})
    stored = {"message": result.message, "elapsed_time": result.elapsed_time, "extra": result.extra}
    if stored["message"] == "NUL\0":
        stored["message"] = ""  # cleaned where it is stored; the whole is in extra
    assert {**tree.log_of(stored)} == leaf


def test_flaky_is_what_did_not_pass_at_each_try() -> None:
    leaves = [{"flakiness_num_tries": 3, "flakiness_num_passes": passes} for passes in (1, 3, "x")]
    assert tree.read({str(place): leaf for place, leaf in enumerate(leaves)})[1].flaky == 1


@pytest.mark.parametrize(
    ("results", "word"),
    [
        (None, "'results' is an object"),
        ({"a": 5}, "neither a directory nor a test"),
        ({"a": {"b": {}, "actual": "PASS"}}, "one or the other"),
        ({"a": {"": {}}}, "without a name"),
        ({"a": {"actual": 5}}, "is text"),
        ({"a": {"b": {"expected": "PASS PAS"}}}, "'expected' of 'a/b': 'PAS' is no status"),
    ],
)
def test_read_says_what_is_wrong_and_where(results: Any, word: str) -> None:
    with pytest.raises(Invalid) as refused:
        tree.read(results)
    assert word in refused.value.message
