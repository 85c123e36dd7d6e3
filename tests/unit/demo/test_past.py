"""The month of history that the demo begins with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from livewall_dashboard.demo.command import tests_directory
from livewall_dashboard.demo.lab import RIGS
from livewall_dashboard.demo.past import MADE, commits, month
from livewall_dashboard.demo.past_plan import BROKEN, NIGHTS, TROUBLES, outcome
from livewall_dashboard.history.result_sets.result_set import GivenResult, GivenSuite, ResultSet

pytestmark = pytest.mark.any_python

NOW = datetime(2026, 3, 31, 9, 15, tzinfo=timezone.utc)
AT_WORK = [rig for rig in RIGS if rig.suites]


@pytest.fixture(scope="module")
def made() -> list[ResultSet]:
    return list(month(AT_WORK, tests_directory() / "suites", NOW))


def results(suite: GivenSuite) -> Iterator[GivenResult]:
    yield from suite.results
    for child in suite.suites:
        yield from results(child)


def of(made: list[ResultSet], setup: str, test: str) -> list[str]:
    """Messages of a test, night by night; of all rigs for ""."""
    runs = [each for each in made if setup in {each.setup, ""}]
    return [result.message for run in runs for result in results(run.root) if result.name == test]


def test_it_ends_before_today_and_says_that_it_is_made(made: list[ResultSet]) -> None:
    assert len({each.key for each in made}) == len(made) > 10 * NIGHTS
    assert max(each.ended_at for each in made) < NOW.replace(hour=0, minute=0)
    assert min(each.started_at for each in made) > NOW - timedelta(days=NIGHTS + 1)
    assert {each.host for each in made} == {MADE}
    assert all(list(results(each.root)) for each in made)


def test_it_is_always_the_same(made: list[ResultSet]) -> None:
    assert list(month(AT_WORK, tests_directory() / "suites", NOW)) == made


def test_tests_have_the_longnames_that_robot_gives_them(made: list[ResultSet]) -> None:
    """So that what the demo's robots run goes on with their history."""
    farm = next(each for each in made if each.setup == "edge-router-02")
    assert farm.root.name == "Release 4.3"
    assert "Release 4.3.Routing.OSPF.Neighbor Comes Up On Every Uplink" in {
        each.longname for each in results(farm.root)
    }


def test_a_regression_begins_with_a_commit_and_ends_with_one(made: list[ResultSet]) -> None:
    trouble = TROUBLES[0]
    failed = [bool(message) for message in of(made, "edge-router-01", trouble.test)]
    assert failed == [trouble.first <= night < trouble.end for night in range(NIGHTS)]
    assert not any(of(made, "vm-debian-12", trouble.test)), "it is of the rigs that have this label"
    known = commits(NOW)
    assert "Take the MTU of the tunnel for OSPF" in {commit.message for commit in known}
    assert len({commit.hash for commit in known}) == len(known)


def test_a_rig_is_broken_for_a_night_and_some_tests_are_flaky(made: list[ResultSet]) -> None:
    (setup, night), message = next(iter(BROKEN.items()))
    rig = next(rig for rig in RIGS if rig.setup == setup)
    assert outcome(rig, night, "Admin Logs In Over HTTPS").message == message
    flaky = [bool(text) for text in of(made, "", "Admin Logs In Over SSH")]
    assert 3 < sum(flaky) < len(flaky) / 2
    assert [each.key for each in made if not each.is_whole], "one of them is partial"
