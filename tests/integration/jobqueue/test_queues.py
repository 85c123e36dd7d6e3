"""What Testflinger's CLI asks of queues, and what agents tell of provisioning."""

from __future__ import annotations

import pytest

from integration.jobqueue.conftest import NOBODY, Flinger

pytestmark = pytest.mark.any_python


def test_agents_and_jobs_of_a_queue(flinger: Flinger) -> None:
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["q", "other"], "location": "rack 1"})
    flinger.post("/agents/data/a", {"state": "test"})
    (agent,) = flinger.get("/queues/q/agents").get_json()
    at = agent.pop("updated_at")
    assert at.endswith("Z") and len(at) == 20
    assert agent == {"name": "a", "state": "test", "queues": ["q", "other"], "location": "rack 1"}
    assert flinger.get("/agents/data/a").get_json()["state"] == "test"
    assert flinger.get("/queues/nobodys/agents").status_code == 404
    assert flinger.get("/queues/q/jobs").status_code == 204
    first, second = flinger.submit(), flinger.submit()
    flinger.post(f"/job/{first}/action", {"action": "cancel"})
    rows = flinger.get("/queues/q/jobs").get_json()
    assert [(row["job_id"], row["job_state"], row["job_queue"]) for row in rows] == [
        (second, "waiting", "q"), (first, "cancelled", "q"),
    ]  # fmt: skip


def test_jobs_are_found_by_tags_and_states(flinger: Flinger) -> None:
    nightly, both = flinger.submit(tags=["nightly"]), flinger.submit(tags=["nightly", "arm"])
    other = flinger.submit(tags=["arm"])
    flinger.post(f"/job/{other}/action", {"action": "cancel"})

    def found(**query: object) -> set[str]:
        return {row["job_id"] for row in flinger.get("/job/search", **query).get_json()}

    assert found() == {nightly, both, other}
    assert found(tags=["nightly", "arm"]) == {nightly, both, other}
    assert found(tags=["nightly", "arm"], match="all") == {both}
    assert found(tags="arm", state="active") == {both}
    assert found(state=["cancelled", "complete"]) == {other}
    for wrong in ({"match": "some"}, {"state": "asleep"}):
        assert flinger.get("/job/search", **wrong).status_code == 422


def test_how_long_jobs_waited(flinger: Flinger) -> None:
    assert flinger.get("/queues/wait_times").get_json() == {}
    for queue in ("a", "b"):
        flinger.submit(queue)
        flinger.claim(queue)
    assert set(flinger.get("/queues/wait_times").get_json()) == {"a", "b"}
    (waits,) = flinger.get("/queues/wait_times", queue="a").get_json().values()
    assert list(waits) == ["5", "10", "50", "90", "95"] and 0 <= waits["95"] < 60


def test_output_of_older_agents_is_in_the_same_place(flinger: Flinger) -> None:
    job_id = flinger.submit()
    flinger.claim()
    flinger.post(f"/result/{job_id}", {"job_state": "test"})
    path = f"/result/{job_id}/output"
    assert flinger.get(path).status_code == 204
    for text in ("one\n", "two \0\n"):
        assert flinger.post(path, data=text.encode()).status_code == 200
    assert flinger.get(path).data == b"one\ntwo \0\n"
    assert flinger.get(path).status_code == 204, "they print whatever they get"
    flinger.post(path, data=b"three\n")
    assert flinger.get(path).data == b"three\n"
    assert flinger.result(job_id)["test_output"] == "one\ntwo \0\nthree\n"
    log = flinger.get(f"/result/{job_id}/log/output", start_fragment=1).get_json()["output"]["test"]
    assert log == {"last_fragment_number": 2, "log_data": "two \0\nthree\n"}


def test_sixteen_mebibytes_of_older_output(flinger: Flinger) -> None:
    path = f"/result/{NOBODY}/serial_output"
    assert flinger.post(path, data=b"x" * (16 * 1024 * 1024)).status_code == 200
    assert len(flinger.get(path).data) == 16 * 1024 * 1024
    assert flinger.post(path, data=b"x" * (16 * 1024 * 1024 + 1)).status_code == 413


def provision(flinger: Flinger, agent: str, exit_code: int, image: str = "one") -> str:
    """A job that was provisioned there, well or not."""
    job_id = flinger.submit(agent, provision_data={"url": image})
    assert flinger.claim(agent)["job_id"] == job_id
    told = {"job_id": job_id, "exit_code": exit_code, "detail": "no \0 boot"}
    assert flinger.post(f"/agents/provision_logs/{agent}", told).status_code == 200
    return job_id


@pytest.mark.parametrize(
    ("codes", "is_out"), [([1, 0, 1], False), ([0, 1, 1], True), ([0], False), ([1], False), ([1, 1], True)]
)
def test_two_failures_in_a_row_take_an_agent_out(flinger: Flinger, codes: list[int], is_out: bool) -> None:
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["a"]})
    last = [provision(flinger, "a", code) for code in codes][-1]
    again = flinger.get(f"/job/{last}").get_json().get("retried_as")
    assert (again is not None) == is_out
    flinger.submit("a")
    assert (Flinger(flinger._client, "a").claim("a") is None) == is_out
    if is_out:
        assert Flinger(flinger._client, "b").claim("a")["job_id"] == again


def test_an_image_that_fails_everywhere_takes_nobody_out(flinger: Flinger) -> None:
    for agent in ("a", "b"):
        flinger.post(f"/agents/data/{agent}", {"state": "waiting", "queues": [agent]})
    provision(flinger, "a", 1)
    for _ in range(3):
        provision(flinger, "b", 1)
    flinger.submit("b")
    assert Flinger(flinger._client, "b").claim("b") is not None


def test_provisioning_of_an_agent_that_is_not_known(flinger: Flinger) -> None:
    told = {"job_id": NOBODY, "exit_code": 0, "detail": ""}
    assert flinger.post("/agents/provision_logs/nobody", told).status_code == 404
    assert flinger.post("/agents/provision_logs/nobody", {"job_id": NOBODY}).status_code == 422
