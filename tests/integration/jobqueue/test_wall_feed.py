"""The wall knows how long the queue is, and what the agent beside each setup does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from integration.jobqueue.conftest import Flinger
from livewall_dashboard.app import Dashboard
from support.reporter import Reporter, T, through_flask
from support.walls import thread_of


class Lab:
    def __init__(self, app: Dashboard) -> None:
        self._feature = next(feature for feature in app.features if feature.name == "jobqueue")
        self._client = app.flask.test_client()
        self.queue = Flinger(self._client, agent="vm1")

    def say(self, agent: str, **data: Any) -> None:
        assert self.queue.post(f"/agents/data/{agent}", data).status_code == 200

    def live(self) -> Any:
        self._feature.prepare()
        return self._client.get("/api/v1/live").get_json()

    def agent(self, setup: str) -> Any:
        return next(tile["agent"] for tile in self.live()["setups"] if tile["setup"] == setup)

    def post(self, path: str, body: object = None) -> None:
        assert self._client.post(f"/api/v1{path}", json=body).status_code == 200


@pytest.fixture
def lab(make_app: Callable[..., Dashboard]) -> Lab:
    app = make_app()
    thread_of(app, "queue on the wall").stop(30)  # it would show what it read before us
    client: FlaskClient = app.flask.test_client()
    for setup in ("vm1", "Board 7"):
        Reporter(through_flask(client)).run([T("One")], setup=setup)
    return Lab(app)


def test_a_lab_without_a_queue_has_none(lab: Lab) -> None:
    live = lab.live()
    assert live["queue"] is None
    assert {tile["agent"] for tile in live["setups"]} == {None}


def test_a_tile_says_what_its_agent_does(lab: Lab) -> None:
    lab.say("vm1", state="waiting", queues=["q"])
    waits = lab.agent("vm1")
    assert (waits["name"], waits["state"], waits["job"], waits["until"]) == ("vm1", "waiting", None, None)
    job = lab.queue.submit(name="nightly", reserve_data={})
    lab.queue.submit()
    assert lab.live()["queue"] == {"waiting": 2, "at_work": 0}
    lab.queue.claim("q")
    assert lab.live()["queue"] == {"waiting": 1, "at_work": 1}
    for phase in ("provision", "reserve"):
        lab.queue.post(f"/result/{job}", {"job_state": phase})
        at_work = lab.agent("vm1")
        assert (at_work["state"], at_work["job"]) == (phase, {"id": job, "name": "nightly"})
    reserved = at_work["until"]
    assert reserved > at_work["since"]
    lab.post(f"/jobs/{job}/extend", {"seconds": 3600})
    assert lab.agent("vm1")["until"] > reserved
    lab.queue.post(f"/result/{job}", {"job_state": "complete"})
    assert lab.agent("vm1")["job"] is None


def test_an_agent_that_gets_no_job_says_why(lab: Lab) -> None:
    lab.say("vm1", state="waiting")
    lab.post("/agents/vm1/pause", {"until": "2999-01-01T00:00:00Z"})
    assert (lab.agent("vm1")["state"], lab.agent("vm1")["until"]) == ("paused", "2999-01-01T00:00:00+00:00")
    lab.post("/agents/vm1/pause", {"until": "2000-01-01T00:00:00Z"})
    assert lab.agent("vm1")["state"] == "waiting", "the pause is over"
    lab.say("vm1", state="offline")
    assert lab.agent("vm1")["state"] == "offline"


def test_an_agent_may_stand_beside_a_setup_of_another_name(lab: Lab) -> None:
    lab.say("rpi4-2", state="waiting", attributes={"setup": "Board 7"})
    lab.say("nowhere", state="waiting")
    live = lab.live()
    assert {tile["setup"]: tile["agent"]["name"] for tile in live["setups"] if tile["agent"]} == {"Board 7": "rpi4-2"}
    assert "nowhere" not in [tile["setup"] for tile in live["setups"]], "an agent brings no setup onto the wall"
    assert live["queue"] == {"waiting": 0, "at_work": 0}
