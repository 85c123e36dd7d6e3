"""Whose things a token may touch: each route of jobs, agents and queues, by a token that is bound to other queues.

A route that is added must be named here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from werkzeug.test import TestResponse

from livewall_dashboard.app import Dashboard

pytestmark = pytest.mark.any_python

OURS = ("/v1/", "/api/v1/jobs", "/api/v1/queues", "/api/v1/agents")

QUEUE, OWNER, AGENT, NOBODYS = "of a queue", "of who submitted it", "of an agent", "nobody's"
WHOSE = {
    ("POST", "/v1/job"): QUEUE,
    ("GET", "/v1/job"): QUEUE,
    ("POST", "/v1/job/<job_id>/action"): OWNER,
    ("POST", "/v1/job/<job_id>/attachments"): OWNER,
    ("POST", "/v1/job/<job_id>/events"): QUEUE,
    ("POST", "/v1/result/<job_id>"): QUEUE,
    ("POST", "/v1/result/<job_id>/log/<kind>"): QUEUE,
    ("POST", "/v1/result/<job_id>/artifact"): QUEUE,
    ("POST", "/v1/result/<job_id>/output"): QUEUE,
    ("POST", "/v1/result/<job_id>/serial_output"): QUEUE,
    ("POST", "/v1/agents/queues"): QUEUE,
    ("POST", "/v1/agents/images"): QUEUE,
    ("POST", "/v1/agents/data/<name>"): AGENT,
    ("POST", "/v1/agents/provision_logs/<name>"): AGENT,
    ("POST", "/api/v1/jobs/estimate"): NOBODYS,
    ("POST", "/api/v1/jobs/<job_id>/again"): QUEUE,
    ("POST", "/api/v1/jobs/<job_id>/cancel"): OWNER,
    ("POST", "/api/v1/jobs/<job_id>/token"): QUEUE,
    ("POST", "/api/v1/jobs/<job_id>/extend"): OWNER,
    ("PUT", "/api/v1/queues/<path:name>"): QUEUE,
    ("DELETE", "/api/v1/queues/<path:name>"): QUEUE,
    ("DELETE", "/api/v1/agents/<name>"): AGENT,
    ("POST", "/api/v1/agents/<name>/pause"): AGENT,
    ("POST", "/api/v1/agents/<name>/resume"): AGENT,
    ("POST", "/v1/oauth2/token"): NOBODYS,
    ("POST", "/v1/oauth2/refresh"): NOBODYS,
    # What is read is everybody's who may read.
    **{
        ("GET", path): NOBODYS
        for path in (
            "/v1/", "/v1/job/<job_id>", "/v1/job/<job_id>/position", "/v1/job/<job_id>/attachments",
            "/v1/job/search", "/v1/result/<job_id>", "/v1/result/<job_id>/log/<kind>",
            "/v1/result/<job_id>/artifact", "/v1/result/<job_id>/output", "/v1/result/<job_id>/serial_output",
            "/v1/agents/queues", "/v1/agents/images/<path:queue>", "/v1/agents/data", "/v1/agents/data/<name>",
            "/v1/queues/<path:queue>/agents", "/v1/queues/<path:queue>/jobs", "/v1/queues/wait_times",
            "/api/v1/jobs", "/api/v1/jobs.csv", "/api/v1/jobs/<job_id>", "/api/v1/queues", "/api/v1/agents",
            "/api/v1/agents.csv",
        )
    },
}  # fmt: skip
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/v1/job/<job_id>/action"): {"action": "cancel"},
    ("POST", "/v1/job/<job_id>/events"): {"agent_id": "rig", "job_queue": "theirs", "events": []},
    ("POST", "/v1/result/<job_id>/log/<kind>"): {
        "fragment_number": 0, "timestamp": "2026-11-29T00:18:17Z", "phase": "test", "log_data": "x",
    },
    ("POST", "/v1/agents/images"): {"theirs": {}},
    ("POST", "/v1/agents/queues"): {"theirs": ""},
    ("POST", "/v1/job"): {"job_queue": "theirs"},
    ("POST", "/api/v1/jobs/<job_id>/token"): {"setup": "s"},
    ("POST", "/api/v1/jobs/<job_id>/extend"): {"seconds": 1},
    ("PUT", "/api/v1/queues/<path:name>"): {"retries": 1},
}  # fmt: skip


@dataclass
class Lab:
    """Theirs: a job in the queue "theirs", at work at the agent "rig" of that queue. `keys`: tokens by their names."""

    app: Dashboard
    keys: dict[str, str]
    job_id: str = ""

    def call(self, key: str, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        client = self.app.flask.test_client(use_cookies=False)
        told = {"Authorization": f"Bearer {self.keys[key]}", **headers}
        return client.open(path, method=method, json=body or {}, headers=told, buffered=True)

    def ask(self, key: str, route: tuple[str, str]) -> TestResponse:
        method, rule = route
        for name, value in (("job_id", self.job_id), ("name", "rig"), ("kind", "output"), ("path:name", "theirs")):
            if "/queues/" not in rule or name != "name":
                rule = rule.replace(f"<{name}>", value)
        query = "?queue=theirs" if route == ("GET", "/v1/job") else ""
        body = BODIES.get(route) if method != "GET" else None
        if "provision_logs" in rule:
            body = {"job_id": self.job_id, "exit_code": 1}
        return self.call(key, method, rule + query, body)


@pytest.fixture
def lab(make_app: Callable[..., Dashboard]) -> Lab:
    app = make_app(require_tokens=True)
    make = app.core.tokens.create
    keys = {
        name: make(name, scope, queues=queues)
        for name, scope, queues in (
            ("their submit", "submit", ["theirs"]), ("their agent", "agent", ["theirs"]),
            ("my submit", "submit", ["mine"]), ("my agent", "agent", ["mine"]),
        )
    }  # fmt: skip
    lab = Lab(app, keys)
    lab.call("their agent", "POST", "/v1/agents/data/rig", {"state": "waiting", "queues": ["theirs"]})
    lab.job_id = lab.call("their submit", "POST", "/v1/job", {"job_queue": "theirs"}).get_json()["job_id"]
    assert lab.call("their agent", "GET", "/v1/job?queue=theirs", Cookie="agent_name=rig").status_code == 200
    return lab


def routes_of(app: Dashboard) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.flask.url_map.iter_rules()
        if rule.rule.startswith(OURS)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_named(lab: Lab) -> None:
    assert set(WHOSE) == routes_of(lab.app)


def test_what_is_theirs_is_not_mine(lab: Lab) -> None:
    """Each is asked by a token of the scope that it needs, of the same kind as theirs."""
    wrong = []
    for route, whose in WHOSE.items():
        if whose == NOBODYS:
            continue
        told = {key: lab.ask(key, route) for key in ("my submit", "my agent")}
        reasons = [reply.get_json() for reply in told.values() if reply.status_code == 403]
        if len(reasons) != 2 or not any("is not for" in str(why) or "another token's" in str(why) for why in reasons):
            wrong.append((route, [(key, reply.status_code, reply.data[:100]) for key, reply in told.items()]))
    assert wrong == []


def test_nothing_of_theirs_has_changed(lab: Lab) -> None:
    for route, whose in WHOSE.items():
        if whose != NOBODYS:
            for key in ("my submit", "my agent"):
                lab.ask(key, route)
    lab.call("my agent", "GET", "/v1/job?queue=mine", Cookie="agent_name=rig")
    job = lab.call("their submit", "GET", f"/api/v1/jobs/{lab.job_id}").get_json()
    assert (job["state"], job["agent"], job["phases"]) == ("running", "rig", [])
    assert lab.call("their submit", "GET", f"/v1/result/{lab.job_id}").get_json() == {"job_state": "running"}
    (rig,) = lab.call("their submit", "GET", "/api/v1/agents").get_json()["agents"]
    assert (rig["state"], rig["queues"], rig["paused"], rig["job"]) == ("waiting", ["theirs"], False, lab.job_id)
    (queue,) = lab.call("their submit", "GET", "/api/v1/queues").get_json()["queues"]
    assert (queue["name"], queue["waiting"], queue["running"]) == ("theirs", 0, 1)


def test_who_owns_it_may(lab: Lab) -> None:
    """What was refused above is refused for whose it is, and for nothing else."""
    for route, whose in WHOSE.items():
        if whose != NOBODYS and route[1] not in ("/v1/job/<job_id>/action", "/api/v1/jobs/<job_id>/cancel"):
            told = {key: lab.ask(key, route).status_code for key in ("their submit", "their agent")}
            assert any(status not in (401, 403) for status in told.values()), (route, told)
    assert lab.ask("their submit", ("POST", "/api/v1/jobs/<job_id>/cancel")).status_code == 200


def test_an_agent_that_is_bound_may_say_what_it_is_but_not_that_it_serves_others(lab: Lab) -> None:
    mine = {"state": "waiting", "queues": ["mine"]}
    assert lab.call("my agent", "POST", "/v1/agents/data/new", {"state": "waiting"}).status_code == 200
    assert lab.call("my agent", "POST", "/v1/agents/data/new", mine).status_code == 200
    for queues in (["theirs"], ["mine", "theirs"]):
        reply = lab.call("my agent", "POST", "/v1/agents/data/new", {"queues": queues})
        assert reply.status_code == 403 and "is not for the queue 'theirs'" in reply.get_json()["message"]
    assert lab.call("my agent", "GET", "/v1/job?queue=mine", Cookie="agent_name=new").status_code == 204


def test_only_an_agent_keeps_a_job_alive(lab: Lab, database_url: str) -> None:
    """A reader may show any cookie."""
    with psycopg.connect(database_url, autocommit=True) as connection:

        def is_renewed() -> bool:
            row = connection.execute("SELECT lease_until > now() + interval '5 min' FROM job").fetchone()
            return bool(row and row[0])

        connection.execute("UPDATE job SET lease_until = now() + interval '1 min'")
        for key, renews in (("their submit", False), ("their agent", True)):
            lab.call(key, "GET", f"/v1/result/{lab.job_id}", Cookie="agent_name=rig")
            assert is_renewed() == renews, key
