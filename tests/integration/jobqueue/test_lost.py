"""Jobs whose agent is gone: they are run again under another id, and the old one ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from integration.jobqueue.conftest import Flinger
from livewall_dashboard.app import Dashboard
from livewall_dashboard.jobqueue import leases as leases_module
from livewall_dashboard.jobqueue.leases import GAP, Leases
from livewall_dashboard.postgres.database import Database
from support.waiting import wait_for
from support.walls import thread_of

pytestmark = pytest.mark.any_python


@pytest.fixture
def agent(flinger: Flinger) -> Flinger:
    flinger.post("/agents/data/a", {"state": "waiting", "queues": ["q"]})
    return Flinger(flinger._client, "a")


def job(flinger: Flinger, job_id: str) -> Any:
    return flinger.get(f"/job/{job_id}").get_json()


def begin(agent: Flinger, phase: str = "test") -> str:
    job_id = str(agent.claim()["job_id"])
    agent.post(f"/result/{job_id}", {"job_state": phase})
    return job_id


def run_out(database_url: str, job_id: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE job SET lease_until = now() - interval '1 s' WHERE id = %s", [job_id])


def test_an_agent_that_waits_again_has_lost_its_job(flinger: Flinger, agent: Flinger) -> None:
    first = flinger.submit(option="foo", tags=["nightly"])
    assert begin(agent) == first
    agent.post("/agents/data/a", {"state": "waiting"})
    assert flinger.result(first)["job_state"] == "cancelled", "an end that Testflinger's CLI knows"
    again = job(flinger, first)["retried_as"]
    assert job(flinger, again)["retry_of"] == first
    assert job(flinger, again)["option"] == "foo"
    assert flinger.result(again) == {"job_state": "waiting"}
    assert agent.claim()["job_id"] == again


@pytest.mark.parametrize(("members", "times"), [({}, 1), ({"retries": 0}, 0), ({"retries": 2}, 2)])
def test_it_is_run_again_so_often_and_no_more(
    flinger: Flinger, agent: Flinger, members: dict[str, Any], times: int
) -> None:
    flinger.submit(**members)
    for _ in range(times + 1):
        begin(agent)
        agent.post("/agents/data/a", {"state": "waiting"})
    assert agent.claim() is None


def test_what_never_began_costs_no_retry_but_has_an_end(flinger: Flinger, agent: Flinger) -> None:
    """An agent that asks again has not heard what it got; one that dies of a job must not do so for ever."""
    flinger.submit(retries=0)
    ids = [agent.claim() for _ in range(8)]
    assert len({each["job_id"] for each in ids if each}) == 6
    assert ids[-1] is None


def test_what_has_written_something_has_begun(flinger: Flinger, agent: Flinger) -> None:
    """Whatever its agent says of phases, which need not be all there are."""
    job_id = flinger.submit(retries=0)
    assert agent.claim()["job_id"] == job_id
    said = {"fragment_number": 0, "timestamp": "2026-11-29T00:00:00Z", "phase": "test", "log_data": "x"}
    assert agent.post(f"/result/{job_id}/log/output", said).status_code == 200
    assert agent.claim() is None
    assert "retried_as" not in job(flinger, job_id)


def test_a_lease_that_runs_out_does_the_same(
    app: Dashboard, flinger: Flinger, agent: Flinger, database_url: str
) -> None:
    first = flinger.submit()
    begin(agent)
    run_out(database_url, first)
    thread_of(app, "job queue").wake()
    wait_for(lambda: "retried_as" in job(flinger, first), what="the lease to be found over")
    assert flinger.result(first)["job_state"] == "cancelled"
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT state, end_reason FROM job WHERE id = %s", [first]).fetchone() == (
            "lost", "Nothing was heard of its agent any more.",
        )  # fmt: skip


@pytest.mark.parametrize(
    "word",
    [
        lambda agent, job_id: agent.result(job_id),
        lambda agent, job_id: agent.post(f"/result/{job_id}", {"device_info": {}}),
        lambda agent, job_id: agent.post(
            f"/result/{job_id}/log/output",
            {"fragment_number": 0, "timestamp": "2026-11-29T00:00:00Z", "phase": "test", "log_data": "x"},
        ),
    ],
    ids=["asks", "result", "output"],
)
def test_each_word_of_its_agent_keeps_it(
    flinger: Flinger,
    agent: Flinger,
    database_url: str,
    word: Callable[[Flinger, str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leases_module, "RENEW_EACH", 0.0)
    first = flinger.submit()
    begin(agent)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE job SET lease_until = now() + interval '2 s' WHERE id = %s", [first])
    word(agent, first)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT lease_until > now() + interval '5 min' FROM job").fetchone() == (True,)


def test_an_outage_of_ours_is_no_silence_of_theirs(database: Database, database_url: str, jobs: Any) -> None:
    now = [0.0]
    leases = Leases(database, clock=lambda: now[0])
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO job (id, queue, definition, state, agent, lease_until)"
            " VALUES (gen_random_uuid(), 'q', '{}', 'test', 'a', now() - interval '1 h')"
        )
    leases.expire()  # the first look after a start
    now[0] += GAP + 1
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE job SET lease_until = now() - interval '1 h'")
    leases.expire()
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT state FROM job").fetchall() == [("test",)]
        connection.execute("UPDATE job SET lease_until = now() - interval '1 h'")
    leases.expire()
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT state FROM job ORDER BY no").fetchall() == [("lost",), ("waiting",)]


def test_what_a_lost_agent_says_late_is_stored_and_changes_nothing(flinger: Flinger, agent: Flinger) -> None:
    first = flinger.submit()
    begin(agent)
    agent.post("/agents/data/a", {"state": "waiting"})
    assert agent.post(f"/result/{first}", {"job_state": "complete", "status": {"test": 0}}).status_code == 200
    assert flinger.result(first) == {"job_state": "cancelled", "test_status": 0}
    assert agent.post(f"/job/{first}/action", {"action": "cancel"}).status_code == 400
