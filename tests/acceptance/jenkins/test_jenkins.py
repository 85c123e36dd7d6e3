"""A real wall beside a Jenkins, while robots report: what its people see, and what a sick Jenkins cannot spoil."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.dashboard import Dashboard, Mode
from support.jenkins import RecordedJenkins
from support.lab import Lab
from support.waiting import wait_for

TOKEN = "11canary77c0ffee"
NEXT_MINUTE = 120.0
"""Seconds in which the wall surely asks again, even where this minute's requests are spent."""


@pytest.fixture
def jenkins() -> Iterator[RecordedJenkins]:
    with RecordedJenkins(prefix="/ci/", user="livewall", token=TOKEN, crumbs=True) as recorded:
        yield recorded


@pytest.fixture
def open_wall(make_dashboard: Callable[..., Dashboard], tmp_path: Path) -> Callable[..., Lab]:
    """A wall with the setup "rack-1" and its job "team/smoke"."""

    def open_wall(jenkins: RecordedJenkins, mode: Mode | None = None, **server: object) -> Lab:
        path = tmp_path / "setups_config.json"
        path.write_text(json.dumps(configuration(jenkins, **server)), encoding="utf-8")
        arguments = ["--config", str(path), "--data", str(tmp_path / "data")]
        dashboard = make_dashboard(extra_args=arguments, mode=mode, env={"JENKINS_TOKEN": TOKEN})
        return Lab(dashboard.start(), tmp_path)

    return open_wall


def configuration(jenkins: RecordedJenkins, **server: object) -> dict[str, Any]:
    known = {"name": "main", "url": jenkins.url, "user": "livewall", "token": "${JENKINS_TOKEN}", "poll_seconds": 5}
    return {
        "jenkins": [{**known, "start_builds": True, **server}],
        "setups": [{"name": "rack-1", "jobs": ["team/smoke"]}],
    }


def builds(lab: Lab) -> list[Any]:
    """The latest builds of team/smoke."""
    (job,) = lab.dashboard.get("/api/v1/setups/rack-1/builds")["jobs"]
    found: list[Any] = job["builds"]
    return found


def server(lab: Lab) -> Any:
    return lab.dashboard.get("/api/v1/setups/rack-1/builds")["servers"][0]


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_a_build_and_the_run_it_started(mode: Mode, jenkins: RecordedJenkins, open_wall: Callable[..., Lab]) -> None:
    number = jenkins.add("team/smoke").build(result="UNSTABLE", tests=(3, 1, 0))
    lab = open_wall(jenkins, mode)
    url = f"{jenkins.url}job/team/job/smoke/{number}/"
    env = {"BUILD_URL": url, "JOB_NAME": "team/smoke", "BUILD_NUMBER": str(number)}
    run = lab.run("slow/a.robot", setup="rack-1", env=env)
    lab.verified(run.run_id)
    (build,) = wait_for(lambda: builds(lab), what="the build to be known")
    assert (build["result"], build["url"]) == ("UNSTABLE", url)
    (ours,) = wait_for(lambda: builds(lab)[0]["runs"], what="our run to be with it")
    assert (ours["id"], ours["setup"], ours["state"], ours["verification"]) == (
        run.run_id,
        "rack-1",
        "finished",
        "verified",
    )
    assert TOKEN not in lab.dashboard.log


@pytest.mark.parametrize(
    ("mode", "fault"), [("eventlet", "hang"), ("eventlet", "drip"), ("eventlet", "endless"), ("threading", "hang")]
)
def test_a_sick_jenkins_holds_up_nothing(
    fault: Any, mode: Mode, jenkins: RecordedJenkins, open_wall: Callable[..., Lab]
) -> None:
    """The poll that hangs outlives the test; runs are stored, answers come, and the wall ends when told to."""
    jenkins.add("team/smoke").build()
    jenkins.fail(fault)
    lab = open_wall(jenkins, mode, timeout=120)
    wait_for(lambda: jenkins.requests, what="the poll to be under way")
    lab.holds(lab.run("steady", setup="rack-1"))
    assert lab.dashboard.tile("rack-1")["status"] == "FAIL"
    assert builds(lab) == []
    lab.dashboard.stop()


def test_a_jenkins_that_comes_back(jenkins: RecordedJenkins, open_wall: Callable[..., Lab]) -> None:
    jenkins.add("team/smoke").build()
    lab = open_wall(jenkins)
    wait_for(lambda: builds(lab), what="the build to be known")
    jenkins.fail("status", 502)
    away = wait_for(lambda: server(lab)["state"] == "away" and server(lab), NEXT_MINUTE, what="the wall to notice")
    assert "502" in away["message"]
    assert away["polled_at"] < away["since"]
    assert builds(lab), "what was known is still shown"
    jenkins.heal()
    wait_for(lambda: server(lab)["state"] == "ok", NEXT_MINUTE, what="the wall to notice")


def test_what_it_costs_jenkins_is_counted(jenkins: RecordedJenkins, open_wall: Callable[..., Lab]) -> None:
    jenkins.add("team/smoke").build()
    lab = open_wall(jenkins)
    wait_for(lambda: builds(lab), what="the build to be known")
    asked = re.search(
        r"^livewall_jenkins_requests_total (\S+)$", lab.dashboard.request("GET", "/metrics")[1].decode(), re.MULTILINE
    )
    assert asked is not None
    assert 2 <= float(asked[1]) <= len(jenkins.requests) + 1
    assert b"livewall_jenkins_away 0" in lab.dashboard.request("GET", "/metrics")[1]


def test_the_configuration_changes(jenkins: RecordedJenkins, open_wall: Callable[..., Lab]) -> None:
    jenkins.add("team/smoke").build()
    lab = open_wall(jenkins)
    wait_for(lambda: builds(lab), what="the build to be known")
    with RecordedJenkins(user="livewall", token=TOKEN) as other:
        other.add("team/smoke").build(description="the other one")
        config = lab.directory / "setups_config.json"
        config.write_text(json.dumps(configuration(other)), encoding="utf-8")
        assert lab.dashboard.process is not None
        lab.dashboard.process.send_signal(signal.SIGHUP)
        found = wait_for(lambda: [b for b in builds(lab) if b["description"]], what="the other Jenkins's build")
        assert found[0]["url"].startswith(other.url)
        lab.dashboard.stop()


def test_a_build_is_started_and_stopped_from_the_wall(jenkins: RecordedJenkins, open_wall: Callable[..., Lab]) -> None:
    job = jenkins.add("team/smoke")
    lab = open_wall(jenkins)
    wait_for(lambda: lab.dashboard.get("/api/v1/setups/rack-1/builds")["jobs"][0]["can_start"], what="the job")

    def order(what: str, body: object, **headers: str) -> int:
        path = f"/api/v1/jenkins/main/{what}"
        return lab.dashboard.request("POST", path, body, headers=headers, timeout=60)[0]

    assert order("builds", {"job": "team/smoke"}) == 403
    crumb = {"X-Livewall-Crumb": lab.dashboard.get("/api/v1/crumb")["crumb"]}
    assert order("builds", {"job": "team/smoke"}, Origin="https://evil.example", **crumb) == 403
    assert job.builds == []
    assert order("builds", {"job": "team/smoke"}, **crumb) == 202
    wait_for(lambda: builds(lab) and builds(lab)[0]["can_stop"], NEXT_MINUTE, what="the build to be seen running")
    assert order("stop", {"job": "team/smoke", "number": 1}, **crumb) == 202
    assert job.find(1)["result"] == "ABORTED"
    wait_for(lambda: builds(lab)[0]["result"] == "ABORTED", NEXT_MINUTE, what="its end to be seen")
