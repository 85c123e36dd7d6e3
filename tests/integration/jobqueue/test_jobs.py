"""A job's way: submitted, claimed once, told of, ended once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from integration.jobqueue.conftest import NOBODY, Flinger
from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.model import Claimant, Submission


def submission(**members: object) -> Submission:
    return Submission(**{"id": uuid4(), "definition": {}, "queue": "q", **members})  # type: ignore[arg-type]


def test_a_job_comes_as_it_was_submitted(flinger: Flinger) -> None:
    wanted = {"option": "foo", "nested": {"a": [None, 1.5, "\0 ä \ufffd"]}, "started_at": "never"}
    reserve = {"ssh_keys": ["lp:me"], "timeout": "1h30m"}
    job_id = flinger.submit("q", **wanted, reserve_data=reserve)
    job = flinger.claim("other", "q")
    assert job.pop("job_id") == job_id
    assert job.pop("started_at").startswith("20") and job.pop("created_at")
    assert job.pop("reserve_data") == {**reserve, "timeout": 5400}
    assert job == {"job_queue": "q", "option": "foo", "nested": wanted["nested"]}
    assert flinger.get(f"/job/{job_id}").get_json()["nested"] == wanted["nested"]
    assert flinger.claim("other", "q") is None


def test_what_a_job_of_somebody_leaves_is_kept_by_no_agent(flinger: Flinger) -> None:
    run = {"command": "python3 -m http.server"}
    flinger.submit(branch_build={"number": 10**12, "run": run}, test_data={"test_cmds": "true"})
    job = flinger.claim()
    assert "test_data" in job and "branch_build" not in job


def test_an_id_that_is_given_is_kept_and_sent_again_it_is_one_job(flinger: Flinger) -> None:
    mine = str(uuid4())
    assert [flinger.submit("q", job_id=mine, option=1) for _ in range(2)] == [mine, mine]
    assert flinger.post("/job", {"job_queue": "q", "job_id": mine, "option": 2}).status_code == 400
    assert flinger.claim()["option"] == 1
    assert flinger.claim() is None


def test_who_looks_takes_none(client: FlaskClient, flinger: Flinger) -> None:
    job = flinger.submit()
    assert client.head("/v1/job?queue=q").status_code == 204
    assert flinger.claim("q")["job_id"] == job


def test_priority_then_submission_over_all_queues(jobs: JobStore) -> None:
    order = [("a", 0), ("b", 5), ("a", 5), ("b", 0), ("a", -1)]
    ids = [jobs.submit(submission(queue=queue, priority=priority), None) for queue, priority in order]
    assert [jobs.position(job_id) for job_id in ids] == [1, 0, 0, 1, 2]
    claimed = [jobs.claim(Claimant(["b", "a"])) for _ in range(5)]
    assert [job.id for job in claimed if job] == [ids[1], ids[2], ids[0], ids[3], ids[4]]
    assert jobs.position(ids[0]) is None and jobs.position(UUID(NOBODY)) is None


def test_fifty_who_ask_at_once_get_each_job_once(jobs: JobStore) -> None:
    ids = {jobs.submit(submission(queue=f"q{number % 3}", priority=number % 2), None) for number in range(60)}

    def claim(_: int) -> UUID | None:
        job = jobs.claim(Claimant(["q0", "q1", "q2"]))
        return job.id if job else None

    with ThreadPoolExecutor(20) as threads:
        claimed = [job for job in threads.map(claim, range(80)) if job]
    assert len(claimed) == 60 and set(claimed) == ids


def test_jobs_select_agents_by_attributes(flinger: Flinger) -> None:
    anywhere = str(flinger.post("/job", {"attributes": {"arch": "arm64"}}).get_json()["job_id"])
    here = flinger.submit("q", attributes={"arch": "arm64", "board": "rpi4"})
    flinger.post("/agents/data/small", {"queues": ["q"], "attributes": {"arch": "armhf"}})
    flinger.post("/agents/data/large", {"queues": ["q"], "attributes": {"arch": "arm64", "board": "rpi4", "ram": "8"}})
    small, large = Flinger(flinger._client, "small"), Flinger(flinger._client, "large")
    assert flinger.claim() is None and small.claim() is None
    assert [large.claim()["job_id"], large.claim()["job_id"]] == [anywhere, here]


def test_an_agent_that_is_excluded_gets_none(flinger: Flinger) -> None:
    for name in ("one", "two"):
        flinger.post(f"/agents/data/{name}", {"queues": ["q"]})
    job_id = flinger.submit("q", exclude_agents=["one"])
    assert Flinger(flinger._client, "one").claim() is None
    assert Flinger(flinger._client, "two").claim()["job_id"] == job_id
    refused = flinger.post("/job", {"job_queue": "q", "exclude_agents": ["one", "two"]})
    assert refused.status_code == 422 and "exclude_agents" in refused.get_json()["detail"]["json"]


@pytest.mark.parametrize("state", ["offline", "waiting"])
def test_an_agent_that_is_offline_gets_none(flinger: Flinger, state: str) -> None:
    flinger.post("/agents/data/a", {"queues": ["q"], "state": state})
    flinger.submit()
    assert (Flinger(flinger._client, "a").claim() is None) == (state == "offline")


@pytest.mark.parametrize("end", ["cancelled", "complete"])
def test_the_end_stays_and_what_comes_late_is_stored(flinger: Flinger, end: str) -> None:
    job_id = flinger.submit()
    flinger.claim()
    if end == "cancelled":
        assert flinger.post(f"/job/{job_id}/action", {"action": "cancel"}).status_code == 200
    else:
        flinger.post(f"/result/{job_id}", {"job_state": "complete"})
    for late in ("test", "complete", "cancelled"):
        reply = flinger.post(
            f"/result/{job_id}", {"job_state": late, "status": {"test": 3}, "device_info": {"ip": "x"}}
        )
        assert reply.status_code == 200
    fragment = {"fragment_number": 0, "timestamp": "2026-11-29T00:18:17Z", "phase": "test", "log_data": "late"}
    assert flinger.post(f"/result/{job_id}/log/output", fragment).status_code == 200
    found = flinger.result(job_id)
    assert found["job_state"] == end
    assert (found["test_status"], found["test_output"], found["device_info"]) == (3, "late", {"ip": "x"})
    assert flinger.post(f"/job/{job_id}/action", {"action": "cancel"}).status_code == 400


def test_a_job_passes_through_its_phases(flinger: Flinger) -> None:
    job_id = flinger.submit()
    assert flinger.result(job_id) == {"job_state": "waiting"}
    flinger.claim()
    assert flinger.result(job_id) == {"job_state": "running"}
    for phase in ("setup", "provision", "test", "reserve"):
        flinger.post(f"/result/{job_id}", {"job_state": phase})
        assert flinger.result(job_id)["job_state"] == phase
        flinger.post(f"/result/{job_id}", {"status": {phase: len(phase)}})
    flinger.post(f"/result/{job_id}", {"job_state": "complete"})
    found = flinger.result(job_id)
    assert found["job_state"] == "complete"
    assert [found[f"{phase}_status"] for phase in ("setup", "provision", "test", "reserve")] == [5, 9, 4, 7]


def test_cancelled_while_waiting_it_is_claimed_by_nobody(jobs: JobStore) -> None:
    job_id = jobs.submit(submission(), None)
    assert jobs.cancel(job_id).state == "cancelled"
    assert jobs.claim(Claimant(["q"])) is None
    with pytest.raises(BadRequest, match="already cancelled"):
        jobs.cancel(job_id)
