"""Names of jobs, their addresses, and patterns."""

from __future__ import annotations

import pytest

from livewall_dashboard.jenkins.paths import DEEPEST, address, base_of, depth_below, matches, step_towards, title_of


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("", ""),
        ("smoke", "job/smoke/"),
        ("team/smoke", "job/team/job/smoke/"),
        ("with space/ü", "job/with%20space/job/%C3%BC/"),
        ("proj/feature%2Fx", "job/proj/job/feature%252Fx/"),
        ("a?b#c~d", "job/a%3Fb%23c%7Ed/"),
        ("/team//smoke/", "job/team/job/smoke/"),
    ],
)
def test_addresses_are_jenkins_own(name: str, path: str) -> None:
    assert address(name) == path


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("smoke", "smoke", True),
        ("smoke", "smoke2", False),
        ("smoke", "team/smoke", False),
        ("nightly/*", "nightly/a", True),
        ("nightly/*", "nightly/a/b", False),
        ("nightly/**", "nightly/a/b", True),
        ("nightly/**", "nightly", False),
        ("**/smoke", "smoke", True),
        ("**/smoke", "a/b/smoke", True),
        ("**/smoke", "a/b/no-smoke", False),
        ("*-tests", "smoke-tests", True),
        ("a.b", "axb", False),
        ("proj/feature/x", "proj/feature%2Fx", True),
        ("proj/*", "proj/feature%2Fx", True),
        ("proj/feature%2F*", "proj/feature%2Fx", True),
        ("ü[1]", "ü[1]", True),
    ],
)
def test_patterns(pattern: str, name: str, fits: bool) -> None:
    assert matches(pattern, name) is fits


@pytest.mark.parametrize(
    ("patterns", "base", "depth"),
    [
        (["smoke"], "", 1),
        (["team/a/x"], "team/a", 1),
        (["team/a/x", "team/b/*"], "team", 2),
        (["team/a/x", "smoke"], "", 3),
        (["team/**"], "team", DEEPEST),
        (["*/main"], "", 2),
        (["team/*/main", "team/x"], "team", 2),
        ([], "", 1),
    ],
)
def test_the_innermost_folder_that_has_them_all(patterns: list[str], base: str, depth: int) -> None:
    assert base_of(patterns) == base
    assert depth_below(base, patterns) == depth


def test_a_step_towards_a_pattern() -> None:
    assert step_towards("", "team/a/*") == "team"
    assert step_towards("team", "team/a/*") == "a"
    assert step_towards("", "*/a") == ""
    assert step_towards("", "smoke") == ""


def test_titles_are_for_people() -> None:
    assert title_of("team/proj/feature%2Fx") == "feature/x"
