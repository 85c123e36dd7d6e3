"""Which runs are due, by rules of which the first that fits decides."""

from __future__ import annotations

from datetime import timedelta

from livewall_dashboard.history.retention import pins
from livewall_dashboard.lab.retention import RetentionRule
from support.old_runs import OldRuns


def days(number: float, **which: object) -> RetentionRule:
    return RetentionRule(timedelta(days=number), **which)  # type: ignore[arg-type]


def test_without_rules_nothing_is_due(old: OldRuns) -> None:
    old.add("ancient", 9_999)
    assert old.due() == {}
    assert old.due(RetentionRule(branch="main"), days(30, branch="other")) == {}


def test_the_first_rule_that_fits_decides(old: OldRuns) -> None:
    old.add("main", 100, branch="main")
    old.add("feature", 20, branch="feature/x")
    old.add("rack", 20, branch="feature/x", setup="rack_1")
    old.add("racks", 20, branch="feature/x", setup="rackx1")
    old.add("windows", 20, branch="x", labels={"os": "windows-11"})
    old.add("other os", 20, branch="x", labels={"os": "debian", "arch": "windows-11"})
    old.add("none", 20, branch="x", labels={})
    rules = [
        days(365, branch="main"),
        days(90, setup="rack_*"),  # no pattern of SQL: rackx1 is another
        days(10, branch="feature/*"),
        days(5, labels={"os": "windows-??"}),
        days(19.5, labels={"os": "debian", "arch": "*"}),
    ]
    assert old.due(*rules) == {"feature": 3, "racks": 3, "windows": 4, "other os": 5}
    assert old.due(days(50), *rules) == {"main": 1}


def test_a_tag_is_that_of_a_test_as_robot_compares_them(old: OldRuns) -> None:
    old.add("release", 40, tags=["Smoke", "Release_Candidate 1"])
    old.add("plain", 40, tags=["smoke"])
    old.add("none", 40, tags=[])
    row = old.connection.execute("SELECT count(*) FROM run_tags").fetchone()
    assert row == {"count": 3}
    for _ in ("noted", "ended by a release that noted nothing"):
        assert old.due(RetentionRule(tag="release candidate*"), days(30)) == {"plain": 2, "none": 2}
        assert old.due(days(30, tag="SMOKE")) == {"release": 1, "plain": 1}
        old.connection.execute("DELETE FROM run_tags")


def test_the_last_of_each_setup_branch_and_suite_stay_however_old(old: OldRuns) -> None:
    for age in range(2, 7):
        old.add(f"a{age}", age, setup="a", branch="main")
        old.add(f"b{age}", age, setup="b", branch="main")
    old.add("other branch", 50, setup="a", branch="x")
    old.add("other suite", 50, setup="a", branch="main", suite="Nightly")
    assert set(old.due(RetentionRule(last=3))) == {"a5", "a6", "b5", "b6"}
    assert set(old.due(RetentionRule(timedelta(days=5.5), 3))) == {"a6", "b6"}, "old, and not among the last"
    assert set(old.due(RetentionRule(last=2, setup="a"))) == {"a4", "a5", "a6"}


def test_what_goes_on_or_had_news_within_a_day_or_is_pinned_stays(old: OldRuns) -> None:
    for run in ("running", "given up", "given up long ago", "news", "pinned", "released", "plain"):
        old.add(run, 40)
    old.age("running", 40, state="running")
    old.age("given up", 40, news=20, state="abandoned")  # its node may still have the rest
    old.age("given up long ago", 40, news=31, state="abandoned")
    old.age("news", 40, news=0.5)
    for run in ("pinned", "released"):
        pins.pin(old.connection, run, "ada")
    pins.release(old.connection, "released")
    assert set(old.due(days(30))) == {"given up long ago", "released", "plain"}


def test_a_runs_age_is_that_of_its_start_whatever_its_commit_and_its_node_say(old: OldRuns) -> None:
    old.add("young", 2)
    old.connection.execute("UPDATE run SET started_at = '1970-01-01'")  # a node without a clock
    old.add("old", 40)
    assert set(old.due(days(30))) == {"old"}
