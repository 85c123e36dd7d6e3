"""Latest builds over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from livewall_listener import wire
from support.jenkins import RecordedJenkins
from support.jenkins.items import PIPELINE, stage
from support.jenkins.walls import builds_of, checked, crumb, guarded_jenkins
from support.reporter import Reporter, T, through_flask
from support.waiting import wait_for


@pytest.fixture
def jenkins() -> Iterator[RecordedJenkins]:
    with guarded_jenkins() as recorded:
        yield recorded


def test_the_latest_builds_of_a_setup(wall: FlaskClient, jenkins: RecordedJenkins) -> None:
    answer = builds_of(wall)
    assert (answer["setup"], answer["next"]) == ("vm1", None)
    (server,) = answer["servers"]
    assert (server["name"], server["state"], server["message"]) == ("main", "ok", "")
    (job,) = answer["jobs"]
    assert (job["name"], job["state"], job["url"]) == ("smoke", "ok", f"{jenkins.url}job/smoke/")
    (build,) = job["builds"]
    assert build["tests"] == {"total": 3, "passed": 2, "failed": 1, "skipped": 0, "source": "junit"}
    assert (job["can_start"], build["can_stop"]) == (True, False)


def test_setups_of_all_names_and_none(wall: FlaskClient) -> None:
    assert builds_of(wall, "a%2Fb%20%C3%BC")["setup"] == "a/b ü"
    assert builds_of(wall, "bare")["jobs"] == []
    assert wall.get("/api/v1/setups/nobody/builds").status_code == 404
    assert wall.get("/api/v1/setups/vm1/builds?x=1").status_code == 400


def test_all_setups_with_jobs_and_the_walls_own_at_the_end(wall: FlaskClient) -> None:
    answer = checked(wall.get("/api/v1/builds"), "BuildsOfSetups")
    assert [each["setup"] for each in answer["setups"]] == ["vm1", "a/b ü", None]
    assert answer["setups"][2]["jobs"][0]["name"] == "deploy"


def test_jobs_that_are_missing_disabled_or_hidden_behind_a_pattern(
    open_wall: Callable[..., FlaskClient], jenkins: RecordedJenkins
) -> None:
    jenkins.add("off", buildable=False)
    jenkins.add("team/a")
    wall = open_wall("off", "gone", "nightly/*", "team/*", "team/a")
    jobs = builds_of(wall)["jobs"]
    assert [(job["name"], job["state"]) for job in jobs] == [
        ("off", "disabled"),
        ("gone", "missing"),
        ("nightly/*", "missing"),
        ("team/a", "ok"),
    ]
    assert "no job 'gone'" in jobs[1]["message"]
    assert not jobs[0]["can_start"]


def test_a_pipelines_stages_come_once_somebody_looks(
    open_wall: Callable[..., FlaskClient], jenkins: RecordedJenkins
) -> None:
    job = jenkins.add("pipe", classes=PIPELINE)
    job.stages[job.build()] = [stage("Build")]
    wall = open_wall("pipe")
    stages = wait_for(lambda: builds_of(wall)["jobs"][0]["builds"][0]["stages"], what="the stages")
    assert [each["name"] for each in stages] == ["Build"]


def test_our_own_runs_of_a_build_are_with_it(open_wall: Callable[..., FlaskClient], jenkins: RecordedJenkins) -> None:
    jenkins.root_url = "http://jenkins.lab.example/"
    wall = open_wall()
    told = wire.Build(system="jenkins", url="http://jenkins.lab.example/job/smoke/1/", job="smoke", number="1")
    key = Reporter(through_flask(wall)).run([T("A"), T("B", "FAIL", "why")], build=told, setup="vm1", commit="c1")
    (run,) = wait_for(lambda: builds_of(wall)["jobs"][0]["builds"][0]["runs"], what="the run")
    assert (run["id"], run["setup"], run["status"]) == (key, "vm1", "FAIL")
    assert run["counts"] == {"total": 2, "passed": 1, "failed": 1, "skipped": 0, "expected_failures": 0}
    (failure,) = run["failures"]
    assert (failure["longname"], failure["message"]) == ("Suite.B", "why")
    assert failure["since"]["run"] == key
    assert failure["since"]["build"]["number"] == "1"


def test_the_same_answer_is_sent_once(wall: FlaskClient) -> None:
    for headers in ({}, {"Accept-Encoding": "br"}):
        first = wall.get("/api/v1/setups/vm1/builds", headers=headers)
        known = {**headers, "If-None-Match": first.headers["ETag"]}
        again = wall.get("/api/v1/setups/vm1/builds", headers=known)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]


def test_news_are_another_answer(wall: FlaskClient, jenkins: RecordedJenkins) -> None:
    known = {"If-None-Match": wall.get("/api/v1/setups/vm1/builds").headers["ETag"]}
    wall.post("/api/v1/jenkins/main/builds", json={"job": "smoke"}, headers=crumb(wall))
    wait_for(
        lambda: wall.get("/api/v1/setups/vm1/builds", headers=known).status_code == 200, what="the answer to change"
    )
    wait_for(lambda: len(builds_of(wall)["jobs"][0]["builds"]) == 2, what="the started build")


def test_a_jenkins_that_hangs_keeps_nobody_waiting(wall: FlaskClient, jenkins: RecordedJenkins) -> None:
    jenkins.fail("hang")
    before = len(jenkins.requests)
    builds_of(wall)
    assert builds_of(wall)["jobs"][0]["builds"]
    assert len(jenkins.requests) <= before + 1
