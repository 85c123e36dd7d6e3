"""Agents whose question is held until there is a job: woken at once, and nothing given to who is not there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from integration.jobqueue.conftest import Flinger
from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.job_store import Job, JobStore
from livewall_dashboard.jobqueue.model import Claimant, Submission
from livewall_dashboard.jobqueue.waiting_agents import WaitingAgents
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.notifications import Listener
from support.waiting import wait_for


def submit(jobs: JobStore, queue: str = "q", **members: object) -> str:
    return str(jobs.submit(Submission(uuid4(), {}, queue, **members), None))  # type: ignore[arg-type]


@pytest.fixture
def waiting(jobs: JobStore, database: Database) -> Iterator[WaitingAgents]:
    """With somebody who listens."""
    waiting, ending = WaitingAgents(jobs), threading.Event()
    listener = Listener(database.url, "livewall_job", waiting.ring)

    def listen() -> None:
        while not ending.is_set():
            listener.work()

    thread = threading.Thread(target=listen)
    thread.start()
    wait_for(lambda: listener._connection is not None, what="the listener to listen")
    yield waiting
    ending.set()
    thread.join()
    listener.close()


def claim(waiting: WaitingAgents, *queues: str, name: str = "", wait: float = 20.0, gone: bool = False) -> Job | None:
    return waiting.claim(Claimant(queues or ["q"], name), wait, most=100, has_hung_up=lambda: gone)


def test_a_job_goes_at_once_to_one_who_waits(waiting: WaitingAgents, jobs: JobStore) -> None:
    with ThreadPoolExecutor(3) as threads:
        asking = [threads.submit(claim, waiting, queue, wait=6.0) for queue in ("q", "q", "other")]
        wait_for(lambda: waiting.count == 3, what="all to wait")
        begun = time.monotonic()
        ids = {submit(jobs), submit(jobs)}
        got = {str(job.id) for future in asking[:2] if (job := future.result())}
        assert got == ids
        assert time.monotonic() - begun < 4.0, "they were woken, and did not look by themselves"
        assert asking[2].result() is None
    assert waiting.count == 0


def test_who_may_not_have_it_passes_it_on(waiting: WaitingAgents, jobs: JobStore, agents: AgentStore) -> None:
    with ThreadPoolExecutor(3) as threads:
        asking = {}
        for number, name in enumerate(("excluded", "refused", "right")):
            asking[name] = threads.submit(claim, waiting, "q", name=name, wait=4.0)
            wait_for(lambda: waiting.count == number + 1, what="it to wait")  # noqa: B023  # called at once
        job_id = submit(jobs, excluded=["excluded", "refused"])
        got = {name: future.result() for name, future in asking.items()}
    assert {name: job and str(job.id) for name, job in got.items()} == {
        "excluded": None, "refused": None, "right": job_id,
    }  # fmt: skip


def test_a_claim_whose_caller_has_hung_up_is_given_back(waiting: WaitingAgents, jobs: JobStore) -> None:
    job_id = submit(jobs)
    assert claim(waiting, name="a", gone=True) is None
    assert str(getattr(claim(waiting, name="b"), "id", None)) == job_id


def test_no_more_are_held_than_there_is_room_for(waiting: WaitingAgents) -> None:
    with ThreadPoolExecutor(1) as threads:
        held = threads.submit(claim, waiting, wait=2.0)
        wait_for(lambda: waiting.count == 1, what="it to wait")
        begun = time.monotonic()
        assert waiting.claim(Claimant(["q"]), 20.0, most=1, has_hung_up=lambda: False) is None
        assert time.monotonic() - begun < 1.5
        assert held.result() is None


def test_a_curl_is_answered_at_once_and_an_agent_is_not(flinger: Flinger) -> None:
    begun = time.monotonic()
    assert flinger.claim() is None
    assert flinger.get("/job", queue="q", wait="0.5").status_code == 204
    assert 0.5 < time.monotonic() - begun < 4.0
    assert flinger.get("/job", queue="q", wait="long").status_code == 400
    assert flinger.get("/job", queue=["q", "r"], wait=["0", "5"]).status_code == 400
    assert flinger.get("/job/search", tags=["a", "b"], state=["active", "complete"]).status_code == 200
    assert flinger.get("/job/search", match=["any", "all"]).status_code == 400
