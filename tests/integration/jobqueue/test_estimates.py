"""What a job would have to wait for: said before it is submitted, of those agents alone that may take it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from integration.jobqueue.conftest import Flinger


@pytest.fixture
def estimate(client: FlaskClient) -> Any:
    def ask(**job: Any) -> tuple[int, int, int, float | None]:
        reply = client.post("/api/v1/jobs/estimate", json=job)
        assert reply.status_code == 200, reply.data
        told = reply.get_json()
        return told["position"], told["free"], told["agents"], told["wait"]

    return ask


def agent(flinger: Flinger, name: str, **said: Any) -> Flinger:
    flinger.post(f"/agents/data/{name}", {"state": "waiting", **said})
    return Flinger(flinger._client, name)


def test_nothing_is_submitted(flinger: Flinger, estimate: Any, client: FlaskClient) -> None:
    assert estimate(job_queue="q", option="foo") == (0, 0, 0, None)
    assert client.get("/api/v1/jobs").get_json()["jobs"] == []
    assert client.get("/api/v1/queues").get_json()["queues"] == []
    for wrong, status in (({}, 422), ({"job_queue": 7}, 422), ([], 400)):
        assert client.post("/api/v1/jobs/estimate", json=wrong).status_code == status
    assert client.post("/api/v1/jobs/estimate", data="{").status_code == 400
    assert client.post("/api/v1/jobs/estimate", data="{}", content_type="text/plain").status_code == 415


def test_only_agents_count_that_may_take_it(flinger: Flinger, estimate: Any) -> None:
    agent(flinger, "small", queues=["q"], attributes={"arch": "arm64"})
    agent(flinger, "large", queues=["q"], attributes={"arch": "x86", "ram": "64"})
    agent(flinger, "other", queues=["other"])
    assert estimate(job_queue="q") == (0, 2, 2, 0.0)
    assert estimate(job_queue="q", attributes={"arch": "arm64"}) == (0, 1, 1, 0.0)
    assert estimate(job_queue="q", attributes={"arch": "riscv"}) == (0, 0, 0, None)
    assert estimate(job_queue="q", exclude_agents=["small"]) == (0, 1, 1, 0.0)
    assert estimate(attributes={"ram": "64"}) == (0, 1, 1, 0.0), "of any queue"
    flinger.post("/agents/data/large", {"state": "offline"})
    assert estimate(attributes={"ram": "64"}) == (0, 0, 1, None), "it serves such jobs, but not now"


def test_only_jobs_come_first_that_one_of_its_agents_may_take(flinger: Flinger, estimate: Any) -> None:
    for name, arch in (("small", "arm64"), ("large", "x86")):
        agent(flinger, name, queues=["q"], attributes={"arch": arch})
    flinger.submit(attributes={"arch": "arm64"}, job_priority=5)
    flinger.submit(attributes={"arch": "arm64"})
    flinger.submit(test_data={"attachments": [{"local": "a"}]})  # it waits for these, not for an agent
    assert estimate(job_queue="q", attributes={"arch": "x86"})[0] == 0
    assert estimate(job_queue="q", attributes={"arch": "arm64"})[0] == 2
    assert estimate(job_queue="q", attributes={"arch": "arm64"}, job_priority=1)[0] == 1
    assert estimate(job_queue="q", attributes={"arch": "arm64"}, job_priority=6)[0] == 0
    assert estimate(job_queue="q")[0] == 2, "any of the two agents may take it"


def test_a_job_that_waits_is_told_the_same(
    flinger: Flinger, estimate: Any, client: FlaskClient, database_url: str
) -> None:
    """Also one that any agent may take which is what it wants."""
    rig = agent(flinger, "rig", queues=["q"], attributes={"arch": "arm64"})
    for asked in ({"job_queue": "q"}, {"attributes": {"arch": "arm64"}}):
        ended = flinger.post("/job", asked).get_json()["job_id"]
        assert rig.claim()["job_id"] == ended
        rig.post(f"/result/{ended}", {"job_state": "complete"})
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE job SET started_at = ended_at - interval '1000 s'")
    at_work = flinger.submit()
    assert rig.claim()["job_id"] == at_work
    for asked in ({"job_queue": "q"}, {"attributes": {"arch": "arm64"}}):
        before, free, agents, wait = estimate(**asked)
        assert (before, free, agents) == (0, 0, 1)
        assert wait is not None and 800 < wait <= 1000
        job_id = flinger.post("/job", asked).get_json()["job_id"]
        told = client.get(f"/api/v1/jobs/{job_id}").get_json()
        assert told["position"] == 0 and told["wait"] == pytest.approx(wait, abs=60)
        flinger.post(f"/job/{job_id}/action", {"action": "cancel"})
