"""What the poller makes of a Jenkins that refuses, or is away, and how often it asks that."""

from __future__ import annotations

import pytest

from livewall_dashboard.jenkins import client
from livewall_dashboard.jenkins.pace import LONGEST_PAUSE
from support.jenkins import RecordedJenkins
from support.jenkins.asking import Asking

MINUTE, HOUR = 60.0, 3600.0

# ---------------------------------------------------------------- refusals


def test_a_job_that_is_refused_hides_no_other(jenkins: RecordedJenkins) -> None:
    for name in ("a", "b", "c"):
        jenkins.add(name).build()
    jenkins.fail("status", 403, path="job/b/")
    asking = Asking(jenkins, "a", "b", "c")
    asking.pass_time(1.0)
    for name in ("a", "b", "c"):  # each by itself: what its neighbours share is not refused
        asking.poller.expect_news(name)
        asking.poller.step()
    assert asking.poller.condition.state == "ok"
    assert "403" in asking.poller.known.jobs["b"].trouble
    jenkins.find(["job", "c"])[0].build()  # type: ignore[index, union-attr]
    asking.pass_time(2 * MINUTE)
    assert len(asking.builds("c")) == 2


def test_a_job_that_wants_a_login_hides_no_other_from_the_nameless(jenkins: RecordedJenkins) -> None:
    for name in ("a", "b"):
        jenkins.add(name).build()
    asking = Asking(jenkins, "a", "b")
    asking.pass_time(1.0)
    jenkins.fail("redirect", f"{jenkins.url}login?from=x", path="job/b/")
    asking.poller.expect_news("b")
    asking.poller.step()
    assert asking.poller.condition.state == "ok"
    assert "401" in asking.poller.known.jobs["b"].trouble


def test_a_token_that_is_not_good_any_more_is_the_servers_trouble(jenkins: RecordedJenkins) -> None:
    jenkins.add("a").build()
    asking = Asking(jenkins, "a", user="livewall", token="t")
    asking.pass_time(1.0)
    jenkins.fail("status", 401, path="job/a/")
    asking.poller.expect_news("a")
    asking.poller.step()
    assert asking.poller.condition.state == "away"


def test_a_folder_that_is_refused_hides_no_other(jenkins: RecordedJenkins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER", 20_000)
    for number in range(200):
        jenkins.add(f"archive/sub/job-{number:03}")
    for name in ("team/a/x", "secret/b/y"):
        jenkins.add(name).build()
    jenkins.fail("status", 403, path="job/secret")
    asking = Asking(jenkins, "team/a/*", "secret/b/y")
    asking.pass_time(3 * MINUTE)
    assert asking.builds("team/a/x")
    assert asking.poller.condition.state == "ok"
    assert "403" in asking.poller.known.trouble_of("secret/b/y")


# ---------------------------------------------------------------- away and back


def test_a_proxy_without_its_jenkins_is_noticed_by_whoever_looks(jenkins: RecordedJenkins) -> None:
    jenkins.add("smoke").build()
    asking = Asking(jenkins, "smoke", poll_seconds=3600)
    asking.pass_time(MINUTE)
    jenkins.fail("status", 502)
    asking.pass_time(MINUTE, looking_at="smoke")
    assert asking.poller.condition.state == "away"
    assert asking.poller.known.jobs["smoke"].trouble == ""


def test_a_server_that_is_away_is_asked_less_and_less(jenkins: RecordedJenkins) -> None:
    jenkins.add("smoke").build()
    asking = Asking(jenkins, "smoke")
    asking.pass_time(MINUTE)
    jenkins.fail("status", 502)
    asking.pass_time(10 * MINUTE)
    condition = asking.poller.condition
    assert (condition.state, asking.builds("smoke")[0].number) == ("away", 1)
    assert condition.polled_at is not None and condition.since is not None
    assert condition.polled_at < condition.since
    begin = asking.now
    asking.pass_time(10 * HOUR)
    assert len(asking.within(begin, asking.now)) < 10 * HOUR / LONGEST_PAUSE * 4
    assert asking.poller.condition.since == condition.since
    jenkins.heal()
    asking.pass_time(LONGEST_PAUSE + MINUTE)
    assert asking.poller.condition.state == "ok"
    assert asking.poller.condition.message == ""


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_says_how_long_to_stay_away(status: int, jenkins: RecordedJenkins) -> None:
    jenkins.add("smoke")
    jenkins.fail("status", status, headers=(("Retry-After", "1800"),), times=1)
    asking = Asking(jenkins, "smoke")
    asking.pass_time(1800)
    assert len(asking.asked) == 1
    asking.pass_time(MINUTE)
    assert asking.poller.condition.state == "ok"


@pytest.mark.parametrize("fault", ["html", "truncated", "hang up", "endless"])
def test_what_is_no_answer_leaves_what_was_known(fault: str, jenkins: RecordedJenkins) -> None:
    jenkins.add("smoke").build()
    asking = Asking(jenkins, "smoke")
    asking.pass_time(MINUTE)
    jenkins.fail(fault)  # type: ignore[arg-type]
    asking.pass_time(2 * MINUTE)
    assert asking.poller.condition.state == "away"
    assert asking.builds("smoke")[0].number == 1
