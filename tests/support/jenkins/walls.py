"""A wall with a Jenkins behind it that wants a token and crumbs, and what is asked of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from livewall_dashboard.app import Dashboard
from livewall_dashboard.jenkins.poller_set import PollerSet
from livewall_dashboard.lab import JenkinsServer, JobPattern, Lab, SetupConfig
from support.jenkins import RecordedJenkins
from support.waiting import wait_for
from support.walls import wall_on

DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.json"
SCHEMAS = json.loads(DOCUMENT.read_text(encoding="utf-8"))["components"]


@contextmanager
def guarded_jenkins() -> Iterator[RecordedJenkins]:
    with RecordedJenkins(user="livewall", token="secret-token", crumbs=True) as recorded:
        recorded.add("smoke").build(tests=(3, 1, 0))
        yield recorded


@contextmanager
def walls_of(database_url: str, tmp_path: Path, jenkins: RecordedJenkins) -> Iterator[Callable[..., FlaskClient]]:
    """A wall whose setup "vm1" has these jobs, once it knows them."""
    made: list[Dashboard] = []

    def open_wall(*jobs: str, start_builds: bool = True, require_tokens: bool = False) -> FlaskClient:
        server = JenkinsServer("main", jenkins.url, user="livewall", token="secret-token", start_builds=start_builds)
        patterns = tuple(JobPattern("main", job) for job in jobs or ("smoke",))
        setups = [SetupConfig("vm1", jobs=patterns), SetupConfig("bare"), SetupConfig("a/b ü", jobs=patterns)]
        lab = Lab.of(setups, [server], [JobPattern("main", "deploy")])
        dashboard = wall_on(database_url, lab, data=tmp_path, require_tokens=require_tokens)
        made.append(dashboard)
        dashboard.start()
        (pollers,) = next(feature.background for feature in dashboard.features if feature.name == "jenkins")
        assert isinstance(pollers, PollerSet)
        known = pollers.by_server["main"].known
        wait_for(
            lambda: known.has_overview and all(job.details for job in known.jobs.values()), what="the jobs to be known"
        )
        return dashboard.flask.test_client()

    try:
        yield open_wall
    finally:
        for dashboard in made:
            dashboard.stop()


def checked(reply: TestResponse, schema: str) -> Any:
    assert reply.status_code in (200, 202), reply.text
    jsonschema.validate(reply.json, {"$ref": f"#/components/schemas/{schema}", "components": SCHEMAS})
    return reply.json


def builds_of(wall: FlaskClient, setup: str = "vm1") -> Any:
    return checked(wall.get(f"/api/v1/setups/{setup}/builds"), "SetupBuilds")


def crumb(wall: FlaskClient) -> dict[str, str]:
    return {"X-Livewall-Crumb": wall.get("/api/v1/crumb").json["crumb"]}  # type: ignore[index]


def start(wall: FlaskClient, headers: dict[str, str], job: object = "smoke", **parameters: object) -> TestResponse:
    body = {"job": job, "parameters": parameters}
    return wall.post("/api/v1/jenkins/main/builds", json=body, headers=headers)
