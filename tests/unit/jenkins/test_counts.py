"""Test counts of a build."""

from __future__ import annotations

from typing import Any

import pytest

from livewall_dashboard.jenkins.counts import described, tests_of
from livewall_dashboard.lab.model import DESCRIPTION_PATTERN

JUNIT = {"_class": "hudson.tasks.junit.TestResultAction", "totalCount": 10, "failCount": 2, "skipCount": 1}
ROBOT = {"_class": "hudson.plugins.robot.RobotBuildAction", "totalCount": 7, "failCount": 3, "urlName": "robot"}
TEXT = "All Tests: 120 tests (118 OK, 2 FAIL)"


def counts(actions: list[Any], description: object = None) -> tuple[int, int, int, int, str] | None:
    found = tests_of({"actions": actions, "description": description}, DESCRIPTION_PATTERN)
    return found and (found.total, found.passed, found.failed, found.skipped, found.source)


def test_junit_comes_first_then_robot_then_the_description() -> None:
    assert counts([{}, ROBOT, JUNIT], TEXT) == (10, 7, 2, 1, "junit")
    assert counts([ROBOT], TEXT) == (7, 4, 3, 0, "robot")
    assert counts([{}], TEXT) == (120, 118, 2, 0, "description")
    assert counts([], "nothing") is None
    assert counts([]) is None


def test_the_first_of_two_reports_counts() -> None:
    assert counts([JUNIT, {**JUNIT, "totalCount": 99}]) == (10, 7, 2, 1, "junit")


@pytest.mark.parametrize("odd", [None, "ten", -1, True, [], 1e300, float("nan")])
def test_a_total_that_is_none_is_no_report(odd: object) -> None:
    assert counts([{**JUNIT, "totalCount": odd}]) is None


def test_parts_that_exceed_the_whole_are_cut() -> None:
    assert counts([{**JUNIT, "failCount": 50, "skipCount": 50}]) == (10, 0, 10, 0, "junit")
    assert counts([{**JUNIT, "failCount": -5, "skipCount": None}]) == (10, 10, 0, 0, "junit")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("All Tests: 120 tests (118 OK, 2 FAIL)", (120, 118, 2, 0)),
        ("All Tests: 1 test (1 OK)", (1, 1, 0, 0)),
        ("All Tests: 9 tests (5 OK, 3 FAIL, 1 SKIP)", (9, 5, 3, 1)),
        ("<b>All Tests:</b> 120 tests <i>(118 OK, 2 FAIL)</i>", (120, 118, 2, 0)),
        ("before. All Tests: 3 tests (3 OK) after", (3, 3, 0, 0)),
    ],
)
def test_the_first_websites_descriptions(text: str, found: tuple[int, int, int, int]) -> None:
    tests = described(text, DESCRIPTION_PATTERN)
    assert tests is not None
    assert (tests.total, tests.passed, tests.failed, tests.skipped) == found


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"(?P<passed>\d+)/(?P<total>\d+)", "7/10", (10, 7, 3, 0)),
        (r"(?P<passed>\d+) ok (?P<failed>\d+) bad", "7 ok 2 bad", (9, 7, 2, 0)),
        (r"(?P<total>\d+) (?P<failed>\d+)", "9 2", (9, 7, 2, 0)),
        (r"x", "x", (0, 0, 0, 0)),
        (r"(?P<total>\d+)", "9" * 40, (0, 0, 0, 0)),
    ],
)
def test_what_a_pattern_leaves_out_is_calculated(pattern: str, text: str, found: tuple[int, int, int, int]) -> None:
    tests = described(text, pattern)
    assert tests is not None
    assert (tests.total, tests.passed, tests.failed, tests.skipped) == found


@pytest.mark.parametrize("pattern", ["", "(", "(?P<total>", "[z-a]"])
def test_a_pattern_that_is_none_finds_nothing(pattern: str) -> None:
    assert described(TEXT, pattern) is None


def test_only_the_beginning_is_searched() -> None:
    assert described(" " * 600 + TEXT, DESCRIPTION_PATTERN) is None
