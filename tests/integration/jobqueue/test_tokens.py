"""On a wall that asks for tokens: whose jobs are whose, and queues that a token is bound to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from integration.jobqueue.conftest import NOBODY
from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.errors import BadRequest


class Callers:
    """Each by a token that is made when it first calls."""

    def __init__(self, app: Dashboard) -> None:
        self._client: FlaskClient = app.flask.test_client(use_cookies=False)
        self._tokens = app.core.tokens
        self.keys: dict[str, str] = {}

    def make(self, name: str, scope: str, *queues: str) -> str:
        self.keys[name] = self._tokens.create(name, scope, queues=queues)
        return self.keys[name]

    def call(self, name: str, method: str, path: str, body: Any = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.keys[name]}"}
        return self._client.open(f"/v1{path}", method=method, json=body, headers=headers)


@pytest.fixture
def callers(make_app: Callable[..., Dashboard]) -> Callers:
    callers = Callers(make_app(require_tokens=True))
    for name, scope, *queues in (
        ("ann", "submit"), ("bob", "submit"), ("admin", "admin"), ("reader", "read"), ("agent", "agent"),
        ("bound", "submit", "q"), ("bound agent", "agent", "q"),
    ):  # fmt: skip
        callers.make(name, scope, *queues)
    return callers


def test_only_who_submitted_a_job_or_an_admin_cancels_it(callers: Callers) -> None:
    statuses = {}
    for name in ("bob", "reader", "agent", "bound", "admin", "ann"):
        job_id = callers.call("ann", "POST", "/job", {"job_queue": "q"}).get_json()["job_id"]
        statuses[name] = callers.call(name, "POST", f"/job/{job_id}/action", {"action": "cancel"}).status_code
    assert statuses == {"bob": 403, "reader": 403, "agent": 403, "bound": 403, "admin": 200, "ann": 200}
    assert callers.call("bob", "POST", f"/job/{NOBODY}/action", {"action": "cancel"}).status_code == 404


def test_a_token_bound_to_queues_is_for_these_alone(callers: Callers) -> None:
    assert callers.call("bound", "POST", "/job", {"job_queue": "q"}).status_code == 200
    for body in ({"job_queue": "other"}, {"attributes": {"a": "b"}}):
        reply = callers.call("bound", "POST", "/job", body)
        assert reply.status_code == 403 and "is not for" in reply.get_json()["message"]
    mine = callers.call("bound agent", "GET", "/job?queue=q").get_json()["job_id"]
    other = callers.call("ann", "POST", "/job", {"job_queue": "other"}).get_json()["job_id"]
    assert callers.call("bound agent", "GET", "/job?queue=q&queue=other").status_code == 403
    for path, body in (
        ("", {"job_state": "complete"}),
        ("/log/output", {"fragment_number": 0, "timestamp": "2026-01-01T00:00:00Z", "phase": "test", "log_data": "x"}),
        ("/output", {}),
    ):
        assert callers.call("bound agent", "POST", f"/result/{mine}{path}", body).status_code == 200
        assert callers.call("bound agent", "POST", f"/result/{other}{path}", body).status_code == 403
    assert callers.call("bound agent", "POST", "/agents/queues", {"q": "mine"}).status_code == 200
    assert callers.call("bound agent", "POST", "/agents/queues", {"other": "not mine"}).status_code == 403


def test_tokens_of_other_scopes_are_bound_to_no_queues(callers: Callers) -> None:
    for scope in ("read", "ingest", "admin"):
        with pytest.raises(BadRequest, match="for no jobs"):
            callers.make(f"bound {scope}", scope, "q")


def test_the_cli_logs_in_with_a_token_of_ours(callers: Callers) -> None:
    def login(secret: str) -> TestResponse:
        return callers._client.post("/v1/oauth2/token", auth=("anybody", secret))

    told = login(callers.keys["ann"]).get_json()
    assert told["token_type"] == "Bearer" and told["expires_in"] > 0
    again = callers._client.post("/v1/oauth2/refresh", json={"refresh_token": told["refresh_token"]}).get_json()
    assert again["access_token"] == told["access_token"] == callers.keys["ann"]
    assert callers.call("ann", "GET", "/agents/queues").get_json() == {}
    assert login("lw_" + "0" * 40).status_code == 401
    assert login(callers.make("node", "ingest")).status_code == 403
    assert callers._client.post("/v1/oauth2/token").status_code == 401
    assert callers._client.post("/v1/oauth2/refresh", json={"refresh_token": "no"}).status_code == 400


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_nobody_is_led_to_the_login_page(callers: Callers, accept: str) -> None:
    for path in ("/job?queue=q", "/agents/queues", f"/result/{NOBODY}"):
        reply = callers._client.get(f"/v1{path}", headers={"Accept": accept})
        assert reply.status_code == 401
        assert set(reply.get_json()) == {"message", "detail"}
