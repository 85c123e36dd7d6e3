"""Our own API of the queue: the same rows, in our words, and what people do with them."""

from __future__ import annotations

import csv
import io
import threading
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import jsonschema  # type: ignore[import-untyped]
import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb

from integration.jobqueue.conftest import NOBODY, Flinger
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.jobqueue import agent_store
from livewall_dashboard.jobqueue.agent_data import AgentData
from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.overview import Overview
from livewall_dashboard.jobqueue.queries import QUERIES
from livewall_dashboard.postgres.database import Database
from support.waiting import wait_for

pytestmark = pytest.mark.any_python


class Api:
    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self._document = client.get("/api/v1/openapi.json").json

    def get(self, path: str, schema: str, **query: Any) -> Any:
        found = self._client.get(f"/api/v1{path}", query_string=query).json
        jsonschema.validate(
            found, {"$ref": f"#/components/schemas/{schema}", "components": self._document["components"]}
        )
        return found

    def status(self, path: str, body: Any = None) -> int:
        return self._client.post(f"/api/v1{path}", json=body).status_code

    def delete(self, path: str) -> tuple[int, str]:
        """Its status, and what was wrong."""
        reply = self._client.delete(f"/api/v1{path}")
        return reply.status_code, (reply.json or {}).get("error", {}).get("message", "")

    def post(self, path: str, body: Any = None) -> Any:
        return self._client.post(f"/api/v1{path}", json=body).json


@pytest.fixture
def api(client: FlaskClient) -> Api:
    return Api(client)


def test_jobs_are_listed_page_by_page(flinger: Flinger, api: Api) -> None:
    ids = [flinger.submit(f"q{number % 2}", tags=[f"t{number}"], name=f"job {number}") for number in range(5)]
    first = api.get("/jobs", "JobList", limit=2)
    second = api.get("/jobs", "JobList", limit=2, after=first["next"])
    third = api.get("/jobs", "JobList", limit=2, after=second["next"])
    assert [job["id"] for page in (first, second, third) for job in page["jobs"]] == ids[::-1]
    assert third["next"] is None
    flinger.post(f"/job/{ids[0]}/action", {"action": "cancel"})
    assert [job["id"] for job in api.get("/jobs", "JobList", queue="q0", state="active")["jobs"]] == [ids[4], ids[2]]
    assert [job["name"] for job in api.get("/jobs", "JobList", state="cancelled")["jobs"]] == ["job 0"]
    assert [job["id"] for job in api.get("/jobs", "JobList", tag="t3", mine="true")["jobs"]] == [ids[3]]


def test_a_job_shows_all_of_it(flinger: Flinger, api: Api) -> None:
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["q"]})
    agent = Flinger(flinger._client, "a")
    job_id = flinger.submit(option="foo", attributes={})
    waiting = api.get(f"/jobs/{job_id}", "JobDetail")
    assert (waiting["position"], waiting["wait"], waiting["state"]) == (0, 0.0, "waiting")
    agent.claim()
    agent.post(f"/result/{job_id}", {"job_state": "test", "device_info": {"device_ip": "10.0.0.7"}})
    agent.post(f"/result/{job_id}", {"status": {"test": 3}})
    found = api.get(f"/jobs/{job_id}", "JobDetail")
    assert (found["state"], found["agent"], found["position"], found["definition"]["option"]) == (
        "test",
        "a",
        None,
        "foo",
    )
    assert [(phase["phase"], phase["status"]) for phase in found["phases"]] == [("test", 3)]
    assert found["device_info"] == {"device_ip": "10.0.0.7"}
    (row,) = api.get("/agents", "AgentList")["agents"]
    last = {"id": job_id, "name": "", "state": "test", "statuses": {"test": 3}}
    assert (row["name"], row["job"], row["last_jobs"], row["paused"]) == ("a", job_id, [last], False)
    assert [api.get("/jobs", "JobList", q=text)["jobs"] for text in ("nothing", "%")] == [[], []]
    (listed,) = api.get("/jobs", "JobList", q=job_id[:8].upper())["jobs"]
    assert listed["statuses"] == {"test": 3}


def test_a_lost_job_says_so_here(flinger: Flinger, api: Api) -> None:
    job_id = flinger.submit()
    agent = Flinger(flinger._client, "a")
    agent.claim()
    again = agent.claim()["job_id"]
    found = api.get(f"/jobs/{job_id}", "JobDetail")
    assert (found["state"], found["retried_as"]) == ("lost", again) and "a" in found["end_reason"]


def test_a_run_inside_a_job_is_one_of_it(flinger: Flinger, api: Api, client: FlaskClient) -> None:
    job_id = flinger.submit(name="smoke")
    Flinger(client, "a").claim()
    for run, job in (("mine", job_id), ("mine", job_id), ("other", NOBODY), ("odd", "no id"), ("none", "")):
        assert client.put(f"/api/v1/runs/{run}", json={"setup": "rack-1", "job": job}).status_code == 200
    assert api.get(f"/jobs/{job_id}", "JobDetail")["runs"] == ["mine"]
    (row,) = api.get("/jobs", "JobList")["jobs"]
    assert row["runs"] == ["mine"]
    known = {"id": job_id, "queue": "q", "name": "smoke", "state": "running", "agent": "a"}
    assert api.get("/runs/mine", "RunDetail")["job"] == known
    assert [api.get(f"/runs/{run}", "RunDetail")["job"] for run in ("other", "odd", "none")] == [None, None, None]


def test_run_again_and_cancel(flinger: Flinger, api: Api) -> None:
    job_id = flinger.submit(option="foo")
    assert api.post(f"/jobs/{job_id}/cancel")["state"] == "cancelled"
    assert api.status(f"/jobs/{job_id}/cancel") == 400
    again = api.post(f"/jobs/{job_id}/again")["id"]
    assert flinger.claim() == {**flinger.get(f"/job/{again}").get_json(), "job_id": again}
    assert flinger.get(f"/job/{again}").get_json()["retry_of"] == job_id
    assert api.status(f"/jobs/{NOBODY}/again") == 404


def test_an_agent_is_paused_with_a_note_and_an_end(flinger: Flinger, api: Api) -> None:
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["q"]})
    agent, job_id = Flinger(flinger._client, "a"), flinger.submit()
    soon = (datetime.now(timezone.utc) + timedelta(hours=1)).isoformat()
    assert api.post("/agents/a/pause", {"note": "new cable", "until": soon})["pause_note"] == "new cable"
    assert agent.claim() is None
    past = (datetime.now(timezone.utc) - timedelta(seconds=1)).isoformat()
    assert api.post("/agents/a/pause", {"until": past})["paused"] is False
    assert agent.claim()["job_id"] == job_id
    assert api.post("/agents/a/pause", {"note": "for good"})["paused"] is True
    assert api.post("/agents/a/resume")["paused"] is False
    assert api.status("/agents/nobody/pause", {}) == 404
    for until, status in (("soon", 400), ("2026-W48-7", 400), ("2026-11-29T00:18:17.5Z", 200)):
        assert api.status("/agents/a/pause", {"until": until}) == status, until


def test_a_reservation_has_an_end_and_is_extended(flinger: Flinger, api: Api) -> None:
    job_id = flinger.submit(reserve_data={"ssh_keys": ["gh:me"], "timeout": "2h"})
    assert api.status(f"/jobs/{job_id}/extend", {"seconds": 60}) == 409
    flinger.claim()
    flinger.post(f"/result/{job_id}", {"job_state": "reserve"})
    until = datetime.fromisoformat(api.get(f"/jobs/{job_id}", "JobDetail")["reserved_until"])
    assert timedelta(minutes=119) < until - datetime.now(timezone.utc) < timedelta(minutes=121)
    longer = datetime.fromisoformat(api.post(f"/jobs/{job_id}/extend", {"seconds": 3600})["reserved_until"])
    assert longer - until == timedelta(hours=1)
    assert api.status(f"/jobs/{job_id}/extend", {"seconds": 0}) == 400


def test_queues_say_how_long_they_are(flinger: Flinger, api: Api) -> None:
    flinger.post("/agents/queues", {"q": "boards"})
    flinger.submit()
    (queue,) = api.get("/queues", "QueueList")["queues"]
    assert (queue["waiting"], queue["agents"], queue["wait"]) == (1, 0, None), "nobody serves it"
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["q"]})
    (queue,) = api.get("/queues", "QueueList")["queues"]
    assert (queue["description"], queue["agents"], queue["free"], queue["wait"]) == ("boards", 1, 1, None)


def test_a_queue_says_how_often_its_jobs_are_run_again(flinger: Flinger, api: Api, client: FlaskClient) -> None:
    reply = client.put("/api/v1/queues/never/again", json={"retries": 0})
    assert (reply.status_code, reply.get_json()["retries"]) == (200, 0)
    flinger.submit("always")
    assert {row["name"]: row["retries"] for row in api.get("/queues", "QueueList")["queues"]} == {
        "always": 1, "never/again": 0,
    }  # fmt: skip
    flinger.submit("never/again")
    agent = Flinger(client, "a")
    for queue in ("never/again", "always"):
        job_id = agent.claim(queue)["job_id"]
        agent.post(f"/result/{job_id}", {"job_state": "test"})
        agent.claim("none")
    lost = api.get("/jobs", "JobList", state="lost")["jobs"]
    assert {job["queue"]: job["retried_as"] is not None for job in lost} == {"never/again": False, "always": True}
    assert [client.put(f"/api/v1/queues/{name}", json={"retries": 11}).status_code for name in ("q", "x" * 201)] == [
        400, 400,
    ]  # fmt: skip


def test_an_agent_that_is_silent_is_not_free(flinger: Flinger, api: Api, database_url: str) -> None:
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["q"]})
    flinger.post("/agents/queues", {"q": ""})

    def free() -> Any:
        (queue,) = api.get("/queues", "QueueList")["queues"]
        assert queue["agents"] == 1 and queue["there"] == queue["free"]
        return queue["free"], queue["wait"]

    assert free() == (1, 0.0)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE agent SET updated_at = now() - interval '1 h'")
    assert free() == (0, None)
    before = api.get("/agents", "AgentList")["agents"][0]
    assert Flinger(flinger._client, "a").claim() is None
    assert free() == (1, 0.0), "to ask for a job is a word, too"
    after = api.get("/agents", "AgentList")["agents"][0]
    assert before["heard_at"] == before["updated_at"] == after["updated_at"] < after["heard_at"]


def test_jobs_as_csv(flinger: Flinger, client: FlaskClient) -> None:
    job_id = flinger.submit(name="=1+1", tags=["a", "b"], attributes={"arch": "arm64"})
    flinger.submit("other")
    flinger.post(f"/result/{job_id}", {"status": {"setup": 0, "test": 3, "provision": 7}, "job_state": "complete"})
    text = client.get("/api/v1/jobs.csv?queue=q").get_data(as_text=True)
    (row,) = csv.DictReader(io.StringIO(text))
    told = {name: row[name] for name in ("id", "name", "state", "exit_code", "tags", "attributes", "agent", "url")}
    assert told == {
        "id": job_id, "name": "'=1+1", "state": "complete", "exit_code": "7", "tags": "a, b",
        "attributes": "arch=arm64", "agent": "", "url": f"/jobs/{job_id}",
    }  # fmt: skip
    assert len(client.get("/api/v1/jobs.csv").get_data(as_text=True).splitlines()) == 3
    assert client.get("/api/v1/jobs.csv?limit=1").status_code == 400
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["q", "r"], "comment": "@home"})
    (agent,) = csv.DictReader(io.StringIO(client.get("/api/v1/agents.csv").get_data(as_text=True)))
    assert (agent["name"], agent["queues"], agent["comment"], agent["paused"]) == ("a", "q, r", "'@home", "False")


def test_a_job_that_reserves_nothing_says_no_end(flinger: Flinger, api: Api) -> None:
    """Agents tell of each phase, those too that they skip."""
    jobs = {name: flinger.submit(**members) for name, members in {
        "nothing": {}, "skipped": {"reserve_data": {"skip": True}}, "reserved": {"reserve_data": {"timeout": 60}},
    }.items()}  # fmt: skip
    for job_id in jobs.values():
        flinger.post(f"/result/{job_id}", {"job_state": "reserve"})
    ends = {name: api.get(f"/jobs/{job_id}", "JobDetail")["reserved_until"] for name, job_id in jobs.items()}
    assert [name for name, end in ends.items() if end] == ["reserved"]


def test_what_is_left_of_a_job_is_known_from_earlier_ones(flinger: Flinger, api: Api, database_url: str) -> None:
    """By the medians of those of its name where there are enough, else of its queue; else nothing is said."""
    agent = Flinger(flinger._client, "a")

    def run(name: str, phases: dict[str, int]) -> str:
        job_id = flinger.submit(name=name)
        agent.claim()
        for phase in phases:
            agent.post(f"/result/{job_id}", {"job_state": phase, "status": {phase: 0}})
        agent.post(f"/result/{job_id}", {"job_state": "complete"})
        with psycopg.connect(database_url) as connection:
            for phase, seconds in phases.items():
                connection.execute(
                    "UPDATE job_phase SET ended_at = started_at + %s * interval '1 s' WHERE job_id = %s AND phase = %s",
                    [seconds, job_id, phase],
                )
        return job_id

    def left(name: str) -> tuple[Any, ...] | None:
        job_id = flinger.submit(name=name)
        agent.claim()
        agent.post(f"/result/{job_id}", {"job_state": "provision"})
        found = api.get(f"/jobs/{job_id}", "JobDetail")["remaining"]
        agent.post(f"/result/{job_id}", {"job_state": "cancelled"})
        return found and (found["usual"], found["rest"], found["jobs"], found["of_name"])

    for seconds in (1000, 2000, 3000, 4000):
        run("nightly", {"provision": 100, "test": seconds})
    assert left("nightly") is None, "four say nothing"
    ended = run("smoke", {"test": 10})
    assert api.get(f"/jobs/{ended}", "JobDetail")["remaining"] is None
    assert left("smoke") == (100, 2000, 5, False)
    run("nightly", {"provision": 100, "test": 5000})
    assert left("nightly") == (100, 3000, 5, True)


def test_an_agent_that_is_no_more_is_removed(flinger: Flinger, api: Api, database_url: str) -> None:
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["q"]})
    agent, job_id = Flinger(flinger._client, "a"), flinger.submit()
    agent.claim()
    agent.post("/agents/provision_logs/a", {"job_id": job_id, "exit_code": 1, "detail": "x"})
    assert api.delete("/agents/a") == (
        409,
        "The agent 'a' is there: stop it, and remove it when it has been silent for two minutes.",
    )
    with psycopg.connect(database_url, autocommit=True) as connection:
        long_ago = "UPDATE agent SET updated_at = now() - interval '3 min', heard_at = now() - interval '3 min'"
        connection.execute(long_ago)
        assert api.delete("/agents/a")[0] == 409, "it holds a job"
        flinger.post(f"/job/{job_id}/action", {"action": "cancel"})
        connection.execute("UPDATE job SET lease_until = NULL")
    assert api.delete("/agents/a") == (200, "")
    assert api.get("/agents", "AgentList")["agents"] == []
    assert api.delete("/agents/a") == (404, "There is no agent 'a'.")
    assert api.get(f"/jobs/{job_id}", "JobDetail")["agent"] == "a", "what it did stays"
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["q"]})
    assert [agent["name"] for agent in api.get("/agents", "AgentList")["agents"]] == ["a"]


def test_a_testflinger_agent_that_was_removed_serves_again_what_it_asks_for(
    flinger: Flinger, api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says its queues as it starts alone."""
    monkeypatch.setattr(agent_store, "HEARD_EACH", 0.0)
    agent = Flinger(flinger._client, "a")
    agent.post("/agents/data/a", {"state": "waiting", "queues": ["q", "r"]})
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE agent SET updated_at = now() - interval '3 min', heard_at = now() - interval '3 min'"
        )
    assert api.delete("/agents/a")[0] == 200
    assert agent.claim("q", "r") is None
    agent.post("/agents/data/a", {"state": "waiting"})
    assert agent.claim("q", "r") is None
    (told,) = api.get("/agents", "AgentList")["agents"]
    assert told["queues"] == ["q", "r"]
    agent.post("/agents/data/a", {"queues": ["q"]})
    assert agent.claim("q", "r") is None
    assert api.get("/agents", "AgentList")["agents"][0]["queues"] == ["q"], "what it says itself counts"


def test_a_queue_that_nobody_uses_is_removed(flinger: Flinger, api: Api, database_url: str) -> None:
    job_id = flinger.submit("typo/x")
    refused = (409, "The queue 'typo/x' is used: an agent serves it, or jobs of it have not ended.")
    assert api.delete("/queues/typo/x") == refused, "a job waits"
    flinger.post(f"/job/{job_id}/action", {"action": "cancel"})
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["typo/x"]})
    assert api.delete("/queues/typo/x") == refused, "an agent serves it"
    flinger.post("/agents/data/a", {"queues": []})
    assert api.delete("/queues/typo/x") == (200, "")
    assert api.get("/queues", "QueueList")["queues"] == []
    assert api.delete("/queues/typo/x") == (404, "There is no queue 'typo/x'.")
    assert api.get(f"/jobs/{job_id}", "JobDetail")["queue"] == "typo/x"
    flinger.submit("typo/x")
    assert [queue["name"] for queue in api.get("/queues", "QueueList")["queues"]] == ["typo/x"]


def test_a_queue_in_which_a_job_is_being_submitted_stays(
    database: Database, agents: AgentStore, writer_url: str
) -> None:
    """The job would wait in a queue that no list has."""
    agents.advertise({"q": ""})
    job = {"id": uuid4(), "queue": "q", "priority": 0, "definition": "{}", "name": "", "tags": [], "wants": Jsonb({}),
           "excluded": [], "awaits_attachments": False, "retries": None, "token_id": None}  # fmt: skip
    refused: list[LivewallError] = []

    def remove() -> None:
        try:
            Overview(database).remove_queue("q")
        except LivewallError as error:  # also where it had to wait for long
            refused.append(error)

    waits = "SELECT FROM pg_locks WHERE relation = 'job_queue'::regclass AND NOT granted"
    removing = threading.Thread(target=remove)
    with psycopg.connect(writer_url) as submitting, psycopg.connect(writer_url, autocommit=True) as look:
        submitting.execute(QUERIES["submit_job"], job)
        removing.start()
        wait_for(lambda: not removing.is_alive() or look.execute(waits).fetchone() is not None, what="it to wait")
    removing.join()
    assert refused and agents.queues() == {"q": ""}


def test_both_are_removed_with_the_least_rights(database: Database, agents: AgentStore, database_url: str) -> None:
    agents.advertise({"q": ""})
    agents.put("a", AgentData(state="offline"))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE agent SET updated_at = now() - interval '3 min'")
    overview = Overview(database)
    overview.remove_agent("a")
    overview.remove_queue("q")
    assert (agents.agents(), agents.queues()) == ([], {})
