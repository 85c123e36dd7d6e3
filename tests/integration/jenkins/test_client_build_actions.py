"""Starting and stopping builds at a Jenkins, with its crumbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from livewall_dashboard.jenkins import errors
from livewall_dashboard.jenkins.client import JenkinsClient
from support.jenkins import RecordedJenkins
from support.jenkins.items import PIPELINE, parameter

Connect = Callable[..., JenkinsClient]


def test_a_build_is_started(jenkins: RecordedJenkins, connect: Connect) -> None:
    job = jenkins.add("team/smoke")
    queued = connect(jenkins.url).start("team/smoke", None)
    assert queued == f"{jenkins.url}queue/item/1000/"
    assert job.builds[0]["building"]


def test_parameters_travel_in_the_body(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.add("smoke", parameters=[parameter("PASS", "Password"), parameter("WHERE")])
    connect(jenkins.url).start("smoke", {"PASS": "geheim&x=1", "WHERE": "Prüfstand"})
    sent = jenkins.requests[-1]
    assert sent.body == {"PASS": "geheim&x=1", "WHERE": "Prüfstand"}
    assert "geheim" not in sent.path + sent.tree


LONE = ["File", "Password", "Run", "Credentials"]


@pytest.mark.parametrize("kind", LONE)
def test_whatever_its_parameters_are_a_job_that_has_some_is_started_with_parameters(
    kind: str, jenkins: RecordedJenkins, connect: Connect
) -> None:
    """`build` wants the form of Jenkins's own page for such a job."""
    job = jenkins.add("smoke", parameters=[parameter("P", kind)])
    connect(jenkins.url).start("smoke", {})
    assert job.builds[0]["building"]
    assert jenkins.requests[-1].body == {}


def test_the_place_in_the_queue_is_where_we_know_jenkins(connect: Connect) -> None:
    with RecordedJenkins(prefix="/ci/", root_url="http://inside.lab.example:8080/ci/") as jenkins:
        jenkins.add("smoke")
        assert connect(jenkins.url).start("smoke", None) == f"{jenkins.url}queue/item/1000/"


NO_START = [
    ("/job/smoke/", errors.NotStarted, "'main' took no build of 'smoke'"),
    ("https://elsewhere.example/job/smoke/sign-in", errors.NotStarted, "'main'"),
    ("https://sso.example/authorize?client=jenkins", errors.LedElsewhere, "https://sso.example"),
    ("/sso/start?rd=/job/smoke/build", errors.LedElsewhere, "'main' leads on"),
    ("https://elsewhere.example/queue/item/7/", errors.LedElsewhere, "elsewhere"),
]


@pytest.mark.parametrize(("place", "kind", "said"), NO_START)
def test_a_redirect_is_no_start(
    place: str, kind: type[errors.JenkinsError], said: str, jenkins: RecordedJenkins, connect: Connect
) -> None:
    jenkins.add("smoke")
    jenkins.fail("redirect", place, path="POST")
    with pytest.raises(kind, match=said):
        connect(jenkins.url).start("smoke", None)


@pytest.mark.parametrize(
    ("fault", "value", "headers"),
    [
        ("html", None, ()),
        ("body", {}, ()),
        ("status", 201, ()),
        ("status", 201, (("Location", "/login/7/"),)),
        ("status", 202, ()),
    ],
)
def test_what_names_no_place_in_the_queue_is_no_start(
    fault: Any, value: object, headers: Any, jenkins: RecordedJenkins, connect: Connect
) -> None:
    jenkins.add("smoke")
    jenkins.fail(fault, value, path="POST", headers=headers)
    with pytest.raises(errors.BadAnswer, match="'main' does not say whether a build of 'smoke' was started"):
        connect(jenkins.url).start("smoke", None)


@pytest.mark.parametrize(
    ("fault", "value"), [("html", None), ("redirect", "https://sso.example/"), ("redirect", "/sso")]
)
def test_what_leads_elsewhere_stopped_nothing(
    fault: Any, value: object, jenkins: RecordedJenkins, connect: Connect
) -> None:
    number = jenkins.add("smoke").build(result=None)
    jenkins.fail(fault, value, path="POST")
    with pytest.raises((errors.BadAnswer, errors.LedElsewhere), match="'main'"):
        connect(jenkins.url).stop("smoke", number)


def test_a_build_is_stopped(jenkins: RecordedJenkins, connect: Connect) -> None:
    job = jenkins.add("smoke")
    number = job.build(result=None)
    connect(jenkins.url).stop("smoke", number)
    assert job.find(number)["result"] == "ABORTED"


def test_jenkins_own_crumb_is_sent_along(connect: Connect) -> None:
    with RecordedJenkins(crumbs=True) as jenkins:
        job = jenkins.add("smoke")
        client = connect(jenkins.url)
        client.start("smoke", None)
        client.start("smoke", None)
        assert len(job.builds) == 2
        assert [request.path for request in jenkins.gets()] == ["/crumbIssuer/api/json"]


def test_a_crumb_of_before_the_restart_is_replaced(connect: Connect) -> None:
    with RecordedJenkins(crumbs=True) as jenkins:
        job = jenkins.add("smoke")
        client = connect(jenkins.url)
        client.start("smoke", None)
        jenkins.sessions.clear()
        client.start("smoke", None)
        assert len(job.builds) == 2


@pytest.mark.parametrize("crumb", [[], "text", {"crumb": "x"}, {"crumb": 5, "crumbRequestField": ["a"]}, None])
def test_a_strange_crumb_does_no_harm(crumb: object, jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.add("smoke")
    jenkins.fail("body", crumb, path="crumbIssuer")
    try:
        connect(jenkins.url).start("smoke", None)
    except errors.JenkinsError as error:
        assert "crumb" in error.message  # noqa: PT017  # some of them are as good as none


def test_reading_needs_no_crumb(connect: Connect) -> None:
    with RecordedJenkins(crumbs=True) as jenkins:
        jenkins.add("smoke", classes=PIPELINE)
        connect(jenkins.url).get("job/smoke/wfapi/runs")
        assert len(jenkins.requests) == 1
