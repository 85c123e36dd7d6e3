"""Starting and stopping builds over HTTP: who may, and what a browser cannot be made to do."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.access.browser_login import COOKIE
from livewall_dashboard.access.csrf import Crumbs
from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.postgres.database import Database
from support.jenkins import RecordedJenkins
from support.jenkins.items import PIPELINE, parameter, stage
from support.jenkins.walls import builds_of, checked, crumb, guarded_jenkins, start
from support.waiting import wait_for

pytestmark = pytest.mark.any_python


@pytest.fixture
def jenkins() -> Iterator[RecordedJenkins]:
    with guarded_jenkins() as recorded:
        yield recorded


def test_a_build_is_started_and_stopped(
    wall: FlaskClient, jenkins: RecordedJenkins, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "livewall_dashboard.jenkins")
    job = jenkins.find(["job", "smoke"])[0]  # type: ignore[index]
    answer = checked(start(wall, crumb(wall)), "Queued")
    assert answer["queued"].startswith(f"{jenkins.url}queue/item/")
    assert "Started a build of 'smoke' on Jenkins 'main' for a browser or script at 127.0.0.1" in caplog.text
    wait_for(lambda: builds_of(wall)["jobs"][0]["builds"][0]["can_stop"], what="the running build")
    reply = wall.post("/api/v1/jenkins/main/stop", json={"job": "smoke", "number": 2}, headers=crumb(wall))
    assert reply.status_code == 202
    assert job.find(2)["result"] == "ABORTED"
    assert "Stopped build 2 of 'smoke'" in caplog.text


def test_parameters_are_those_of_the_job(open_wall: Callable[..., FlaskClient], jenkins: RecordedJenkins) -> None:
    jenkins.add(
        "full",
        parameters=[
            parameter("WHERE", default="rack-1"),
            parameter("CLEAN", "Boolean", False),
            parameter("KIND", "Choice", "quick", ["quick", "full"]),
            parameter("PASS", "Password"),
        ],
    )
    wall = open_wall("full")
    for bad in ({"OTHER": "x"}, {"CLEAN": "maybe"}, {"KIND": "other"}, {"WHERE": "x" * 10_001}, {"WHERE": "\0"}):
        reply = start(wall, crumb(wall), "full", **bad)
        assert (reply.status_code, reply.json["error"]["code"]) == (422, "invalid"), bad  # type: ignore[index]
    assert start(wall, crumb(wall), "full", CLEAN=True, KIND="full").status_code == 202
    sent = next(request for request in jenkins.requests if request.method == "POST")
    assert sent.body == {"WHERE": "rack-1", "CLEAN": "true", "KIND": "full"}


def test_what_the_wall_cannot_ask_for_is_left_to_jenkins(
    open_wall: Callable[..., FlaskClient], jenkins: RecordedJenkins
) -> None:
    long = "x" * 2001
    jenkins.add(
        "full", parameters=[parameter("SCRIPT", "Text", long), parameter("FILE", "File"), parameter("KEY", "Run")]
    )
    wall = open_wall("full")
    told = builds_of(wall)["jobs"][0]["parameters"]
    assert [(each["name"], each["kind"], each["own_default"]) for each in told] == [
        ("SCRIPT", "text", True), ("FILE", "other", True), ("KEY", "other", True),
    ]  # fmt: skip
    assert start(wall, crumb(wall), "full", FILE="x").status_code == 422
    assert start(wall, crumb(wall), "full").status_code == 202
    assert start(wall, crumb(wall), "full", SCRIPT="mine").status_code == 202
    sent = [request for request in jenkins.requests if request.method == "POST"]
    assert [(request.path, request.body) for request in sent] == [
        ("/job/full/buildWithParameters", {}), ("/job/full/buildWithParameters", {"SCRIPT": "mine"}),
    ]  # fmt: skip


def test_a_pipeline_that_waits_for_somebody_says_so(
    open_wall: Callable[..., FlaskClient], jenkins: RecordedJenkins
) -> None:
    job = jenkins.add("pipe", classes=PIPELINE)
    number = job.build(result=None)
    job.stages[number] = [stage("Deploy", "PAUSED_PENDING_INPUT")]
    wall = open_wall("pipe")
    wait_for(lambda: builds_of(wall)["jobs"][0]["builds"][0]["input_url"], what="the question")
    assert builds_of(wall)["jobs"][0]["builds"][0]["input_url"] == f"{jenkins.url}job/pipe/{number}/input/"


def test_a_disabled_job_says_so_and_is_not_started(
    open_wall: Callable[..., FlaskClient], jenkins: RecordedJenkins
) -> None:
    jenkins.add("old", buildable=False).build()
    wall = open_wall("old")
    job = builds_of(wall)["jobs"][0]
    assert (job["state"], job["message"], job["can_start"]) == (
        "disabled", "The job is disabled in Jenkins 'main'.", False
    )  # fmt: skip
    assert start(wall, crumb(wall), "old").status_code == 403


@pytest.mark.parametrize(
    ("job", "parameters", "why"),
    [
        ("smoke", {}, "Jenkins 'main' answers with an error of its own (500)."),
        ("nosuch", {}, "No setup has the job 'nosuch' of Jenkins 'main'."),
        ("smoke", {"PASS": "geheim"}, "The job has no parameter 'PASS'."),
    ],
)
def test_a_start_that_fails_is_logged_with_who_wanted_it(
    job: str,
    parameters: dict[str, object],
    why: str,
    wall: FlaskClient,
    jenkins: RecordedJenkins,
    caplog: pytest.LogCaptureFixture,
) -> None:
    jenkins.fail("status", 500, path="POST")
    assert start(wall, crumb(wall), job, **parameters).status_code >= 400
    who = "a browser or script at 127.0.0.1"
    assert f"Did not start a build of {job!r} on Jenkins 'main' for {who}: {why}" in caplog.text
    assert "geheim" not in caplog.text


BODIES = [
    b"", b"[]", b"{}", b"\xff",
    b'{"job": 5}', b'{"job": "smoke", "parameters": {"a": []}}', b'{"job": "smoke", "x": 1}',
]  # fmt: skip


def test_a_body_that_makes_no_sense(wall: FlaskClient) -> None:
    for body, what in itertools.product(BODIES, ("builds", "stop")):
        reply = wall.post(f"/api/v1/jenkins/main/{what}", data=body, headers=crumb(wall))
        assert reply.status_code == 400, (body, what)


def test_a_body_that_is_too_large(wall: FlaskClient) -> None:
    assert start(wall, crumb(wall), "x" * 200_000).status_code == 413


def test_only_configured_jobs(wall: FlaskClient, jenkins: RecordedJenkins) -> None:
    jenkins.add("other")
    assert start(wall, crumb(wall), "other").status_code == 404
    assert start(wall, crumb(wall), "../../smoke").status_code == 404
    assert wall.post("/api/v1/jenkins/no/builds", json={"job": "smoke"}, headers=crumb(wall)).status_code == 404
    body = {"job": "smoke", "number": 99}
    assert wall.post("/api/v1/jenkins/main/stop", json=body, headers=crumb(wall)).status_code == 404
    assert {request.method for request in jenkins.requests} == {"GET"}


def test_only_where_the_configuration_allows_it(
    open_wall: Callable[..., FlaskClient], jenkins: RecordedJenkins
) -> None:
    wall = open_wall(start_builds=False)
    assert not builds_of(wall)["jobs"][0]["can_start"]
    reply = start(wall, crumb(wall))
    assert (reply.status_code, "start_builds" in reply.text) == (403, True)
    assert {request.method for request in jenkins.requests} == {"GET"}


@pytest.mark.parametrize(
    ("fault", "value", "status"),
    [("status", 403, 502), ("status", 500, 502), ("status", 503, 503), ("status", 404, 404), ("hang up", None, 502)],
)
def test_what_jenkins_refuses_is_said_in_words(
    fault: Any, value: object, status: int, wall: FlaskClient, jenkins: RecordedJenkins
) -> None:
    jenkins.fail(fault, value, path="POST")
    reply = start(wall, crumb(wall))
    assert reply.status_code == status
    assert "Jenkins" in reply.json["error"]["message"]  # type: ignore[index]
    assert "secret-token" not in reply.text


# ---------------------------------------------------------------- who may


@pytest.fixture
def tokens(database_url: str) -> Iterator[dict[str, str]]:
    """A token of each kind that matters here."""
    database = Database(database_url)
    store = TokenStore(database)
    yield {scope: store.create(f"the {scope}", scope) for scope in ("read", "builds", "ingest", "admin")}
    database.close()


@pytest.fixture
def closed_wall(open_wall: Callable[..., FlaskClient], tokens: dict[str, str]) -> FlaskClient:
    return open_wall(require_tokens=True)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_script_with_the_right_token_needs_no_crumb(
    closed_wall: FlaskClient, tokens: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "livewall_dashboard.jenkins")
    assert start(closed_wall, bearer(tokens["builds"])).status_code == 202
    assert "for token 'the builds'" in caplog.text
    assert tokens["builds"] not in caplog.text


def sign_in(browser: FlaskClient, token: str) -> int:
    return browser.post("/login", data={"token": token}).status_code


def test_nobody_else_may(closed_wall: FlaskClient, tokens: dict[str, str], jenkins: RecordedJenkins) -> None:
    for scope in ("read", "ingest"):
        assert start(closed_wall, bearer(tokens[scope])).status_code == 403
    assert start(closed_wall, {}).status_code == 401
    assert {request.method for request in jenkins.requests} == {"GET"}


def test_what_one_may_is_told_to_each(closed_wall: FlaskClient, tokens: dict[str, str]) -> None:
    def can_start(scope: str) -> bool:
        reply = closed_wall.get("/api/v1/setups/vm1/builds", headers=bearer(tokens[scope]))
        return bool(reply.json["jobs"][0]["can_start"])  # type: ignore[index]

    assert (can_start("builds"), can_start("read"), can_start("admin")) == (True, False, True)


def test_a_browser_needs_its_cookie_and_its_crumb(
    closed_wall: FlaskClient, tokens: dict[str, str], jenkins: RecordedJenkins
) -> None:
    browser = closed_wall
    assert sign_in(browser, tokens["builds"]) == 303
    assert start(browser, {}).status_code == 403
    assert start(browser, {"X-Livewall-Crumb": "0" * 64}).status_code == 403
    assert start(browser, {"X-Livewall-Crumb": "ü"}).status_code == 403
    assert {request.method for request in jenkins.requests} == {"GET"}
    assert start(browser, crumb(browser)).status_code == 202


def test_one_browsers_crumb_is_no_others(closed_wall: FlaskClient, tokens: dict[str, str]) -> None:
    sign_in(closed_wall, tokens["read"])
    others = crumb(closed_wall)
    sign_in(closed_wall, tokens["builds"])
    assert start(closed_wall, others).status_code == 403


def test_a_reading_cookie_starts_nothing_with_its_crumb(closed_wall: FlaskClient, tokens: dict[str, str]) -> None:
    sign_in(closed_wall, tokens["read"])
    assert start(closed_wall, crumb(closed_wall)).status_code == 403


def test_a_crumb_outlives_a_restart(closed_wall: FlaskClient, tokens: dict[str, str]) -> None:
    sign_in(closed_wall, tokens["builds"])
    cookie = closed_wall.get_cookie(COOKIE)
    assert cookie is not None
    assert crumb(closed_wall) == {"X-Livewall-Crumb": Crumbs().of(cookie.value)}
    assert Crumbs().of("") != Crumbs().of("")


ATTACKS = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "evil.example"},
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/x-www-form-urlencoded"},
]


@pytest.mark.parametrize("with_tokens", [False, True])
def test_a_page_of_another_site_starts_nothing(
    with_tokens: bool,
    open_wall: Callable[..., FlaskClient],
    tokens: dict[str, str],
    jenkins: RecordedJenkins,
) -> None:
    """Its browser sends the cookie along, as it would where SameSite is unknown; the crumb it cannot read."""
    wall = open_wall(require_tokens=with_tokens)
    if with_tokens:
        wall.set_cookie(COOKIE, tokens["builds"])
    for attack, more in itertools.product(ATTACKS, ({}, {"X-Livewall-Crumb": ""})):
        reply = wall.post("/api/v1/jenkins/main/builds", data=b'{"job": "smoke"}', headers={**attack, **more})
        assert reply.status_code in (401, 403), (attack, more)
    assert wall.get("/api/v1/jenkins/main/builds?job=smoke").status_code == 405
    assert {request.method for request in jenkins.requests} == {"GET"}


def test_a_stolen_crumb_alone_does_not_help_another_site(wall: FlaskClient, jenkins: RecordedJenkins) -> None:
    assert start(wall, {**crumb(wall), "Origin": "https://evil.example"}).status_code == 403
    assert {request.method for request in jenkins.requests} == {"GET"}
