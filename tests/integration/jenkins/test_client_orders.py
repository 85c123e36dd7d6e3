"""Starting and stopping builds at a Jenkins, with its crumbs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from livewall_dashboard.jenkins import errors
from livewall_dashboard.jenkins.client import JenkinsClient
from support.jenkins import RecordedJenkins
from support.jenkins.items import PIPELINE, parameter

Connect = Callable[..., JenkinsClient]


def test_a_build_is_started(jenkins: RecordedJenkins, connect: Connect) -> None:
    job = jenkins.add("team/smoke")
    queued = connect(jenkins.url).start("team/smoke", {})
    assert queued == f"{jenkins.url}queue/item/1000/"
    assert job.builds[0]["building"]


def test_parameters_travel_in_the_body(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.add("smoke", parameters=[parameter("PASS", "Password"), parameter("WHERE")])
    connect(jenkins.url).start("smoke", {"PASS": "geheim&x=1", "WHERE": "Prüfstand"})
    sent = jenkins.requests[-1]
    assert sent.body == {"PASS": "geheim&x=1", "WHERE": "Prüfstand"}
    assert "geheim" not in sent.path + sent.tree


def test_a_build_is_stopped(jenkins: RecordedJenkins, connect: Connect) -> None:
    job = jenkins.add("smoke")
    number = job.build(result=None)
    connect(jenkins.url).stop("smoke", number)
    assert job.find(number)["result"] == "ABORTED"


def test_jenkins_own_crumb_is_sent_along(connect: Connect) -> None:
    with RecordedJenkins(crumbs=True) as jenkins:
        job = jenkins.add("smoke")
        client = connect(jenkins.url)
        client.start("smoke", {})
        client.start("smoke", {})
        assert len(job.builds) == 2
        assert [request.path for request in jenkins.gets()] == ["/crumbIssuer/api/json"]


def test_a_crumb_of_before_the_restart_is_replaced(connect: Connect) -> None:
    with RecordedJenkins(crumbs=True) as jenkins:
        job = jenkins.add("smoke")
        client = connect(jenkins.url)
        client.start("smoke", {})
        jenkins.sessions.clear()
        client.start("smoke", {})
        assert len(job.builds) == 2


@pytest.mark.parametrize("crumb", [[], "text", {"crumb": "x"}, {"crumb": 5, "crumbRequestField": ["a"]}, None])
def test_a_strange_crumb_does_no_harm(crumb: object, jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.add("smoke")
    jenkins.fail("body", crumb, path="crumbIssuer")
    try:
        connect(jenkins.url).start("smoke", {})
    except errors.JenkinsError as error:
        assert "crumb" in error.message  # noqa: PT017  # some of them are as good as none


def test_reading_needs_no_crumb(connect: Connect) -> None:
    with RecordedJenkins(crumbs=True) as jenkins:
        jenkins.add("smoke", classes=PIPELINE)
        connect(jenkins.url).get("job/smoke/wfapi/runs")
        assert len(jenkins.requests) == 1
