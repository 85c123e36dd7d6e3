"""The token of a job: its robots report with it, and it opens nothing else, nor for longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from integration.jobqueue.conftest import NOBODY
from livewall_dashboard.app import Dashboard
from livewall_dashboard.jobqueue.job_tokens import LATE
from support.uploads import upload

pytestmark = pytest.mark.any_python


class ClosedWall:
    """`agent` is its agent's key."""

    def __init__(self, app: Dashboard) -> None:
        self._client: FlaskClient = app.flask.test_client(use_cookies=False)
        self.tokens = app.core.tokens
        self.agent = self.tokens.create("agent", "agent")
        self.person = self.tokens.create("ann", "submit")
        self.node = self.tokens.create("node", "ingest")

    def call(self, key: str, method: str, path: str, body: Any = None) -> TestResponse:
        return self._client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {key}"})

    def taken_job(self, **members: Any) -> str:
        job_id = self.call(self.person, "POST", "/v1/job", {"job_queue": "q", **members}).get_json()["job_id"]
        assert self.call(self.agent, "GET", "/v1/job?queue=q").get_json()["job_id"] == job_id
        return str(job_id)

    def ask(self, job_id: str, setup: str = "rig", key: str = "") -> TestResponse:
        return self.call(key or self.agent, "POST", f"/api/v1/jobs/{job_id}/token", {"setup": setup})

    def give(self, job_id: str, setup: str = "rig") -> str:
        return str(self.ask(job_id, setup).get_json()["token"])

    def upload(self, key: str, run: str) -> int:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/octet-stream"}
        path = f"/api/v1/runs/{run}/artifacts/log.html"
        return self._client.put(path, data=b"<p>log", headers=headers).status_code

    def report(self, key: str, run: str, job_id: str, setup: str = "rig") -> int:
        return self.call(key, "PUT", f"/api/v1/runs/{run}", {"setup": setup, "job": job_id}).status_code


@pytest.fixture
def wall(make_app: Callable[..., Dashboard]) -> ClosedWall:
    return ClosedWall(make_app(require_tokens=True))


@pytest.mark.parametrize("text", ["\0", "a\0b", "\\u0000", "\\\0", "\ud800"], ids=ascii)
def test_a_job_has_one_whatever_is_in_its_definition(wall: ClosedWall, text: str) -> None:
    job_id = wall.taken_job(option=text, **{text: {"setup": text}})
    assert wall.report(wall.give(job_id), "run", job_id) == 200


def test_it_is_for_runs_of_its_job_on_its_setup_alone(wall: ClosedWall) -> None:
    job_id, other = wall.taken_job(), wall.taken_job()
    key = wall.give(job_id)
    assert wall.report(key, "mine", job_id) == 200
    assert wall.upload(key, "mine") == 201
    assert wall.call(wall.person, "GET", f"/api/v1/jobs/{job_id}").get_json()["runs"] == ["mine"]
    assert wall.call(wall.person, "GET", "/api/v1/runs/mine").get_json()["job"]["id"] == job_id
    refused = [("a", other, "rig"), ("b", "", "rig"), ("c", NOBODY, "rig"), ("d", job_id, "another rig")]
    assert [wall.report(key, *run) for run in refused] == [403] * 4


def test_what_is_uploaded_with_it_is_a_run_of_its_job(wall: ClosedWall) -> None:
    """Of its setup, which the upload need not name."""
    key = wall.give(job_id := wall.taken_job())
    reply = wall.call(key, "POST", "/api/upload", upload({"a.html": {"actual": "PASS"}}))
    assert reply.status_code == 200, reply.text
    (run,) = wall.call(wall.person, "GET", f"/api/v1/jobs/{job_id}").get_json()["runs"]
    found = wall.call(wall.person, "GET", f"/api/v1/runs/{run}").get_json()
    assert (found["job"]["id"], found["setup"]) == (job_id, "rig")
    other = wall.call(wall.node, "POST", "/api/upload", upload({"b.html": {"actual": "PASS"}}, suite="another"))
    assert other.status_code == 200
    assert wall.call(wall.person, "GET", f"/api/v1/jobs/{job_id}").get_json()["runs"] == [run]


def test_it_writes_to_no_run_that_is_nobody_s_any_more(wall: ClosedWall) -> None:
    """Other tokens of the setup may: whoever began it is gone."""
    assert wall.report(wall.node, "theirs", "") == 200
    key = wall.give(job_id := wall.taken_job())
    wall.tokens.revoke("node")
    assert wall.report(key, "theirs", job_id) == 403
    assert wall.upload(key, "theirs") == 403


def test_it_opens_nothing_else(wall: ClosedWall) -> None:
    key = wall.give(job_id := wall.taken_job())
    paths = ["/api/v1/runs", f"/api/v1/jobs/{job_id}", f"/v1/job/{job_id}", "/v1/job?queue=q", "/v1/agents/data"]
    assert [wall.call(key, "GET", path).status_code for path in paths] == [403] * len(paths)
    assert wall.call(key, "POST", "/v1/job", {"job_queue": "q"}).status_code == 403
    assert wall.call(key, "POST", f"/v1/result/{job_id}", {"job_state": "complete"}).status_code == 403
    assert wall.ask(job_id, key=key).status_code == 403


def test_it_is_given_to_agents_for_jobs_that_they_have(wall: ClosedWall) -> None:
    job_id = wall.taken_job()
    waiting = wall.call(wall.person, "POST", "/v1/job", {"job_queue": "q"}).get_json()["job_id"]
    assert [wall.ask(job_id, key=key).status_code for key in (wall.person, wall.node)] == [403, 403]
    assert [wall.ask(asked).status_code for asked in (NOBODY, waiting, "no-id")] == [404, 409, 400]
    assert wall.ask(job_id, " ").status_code == 400
    bound = wall.tokens.create("bound", "agent", setups=["rig"], queues=["q"])
    assert [wall.ask(job_id, setup, bound).status_code for setup in ("rig", "another rig")] == [200, 403]


def test_the_newest_one_counts_and_none_is_listed(wall: ClosedWall) -> None:
    """An agent that was killed asks again."""
    job_id = wall.taken_job()
    first, second = wall.give(job_id), wall.give(job_id)
    assert [wall.report(key, "mine", job_id) for key in (first, second)] == [401, 200]
    assert [token.name for token in wall.tokens.list()] == ["agent", "ann", "node"]


def test_it_ends_soon_after_its_job(wall: ClosedWall, database_url: str) -> None:
    """A robot that is ended with its job still says so; what it could not say is said with another one."""
    key = wall.give(job_id := wall.taken_job())
    wall.call(wall.person, "POST", f"/v1/job/{job_id}/action", {"action": "cancel"})
    assert wall.report(key, "mine", job_id) == 200
    late = wall.give(job_id)
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT expires_at - now() FROM token WHERE job_id = %s", [job_id]).fetchone()
        rest = row[0] if row else timedelta()
        assert timedelta(minutes=9) < rest <= LATE
        connection.execute("UPDATE token SET expires_at = now() - interval '1 s' WHERE job_id = %s", [job_id])
    wall.tokens.look_again()
    assert wall.report(late, "mine", job_id) == 401
    assert wall.report(wall.give(job_id), "mine", job_id) == 200


def test_those_that_are_over_go(wall: ClosedWall, database_url: str) -> None:
    wall.give(job_id := wall.taken_job())
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE token SET expires_at = now() - interval '1 s' WHERE job_id = %s", [job_id])
        connection.execute("SELECT remove_job_tokens()")
        assert connection.execute("SELECT count(*) FROM token").fetchone() == (3,)
