"""Whatever changes in the queue is told to the pages that show it, and only once it can be read."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from livewall_dashboard.jobqueue.agent_data import AgentData
from livewall_dashboard.jobqueue.agent_store import AgentStore
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.leases import Leases
from livewall_dashboard.jobqueue.model import Claimant, Submission
from livewall_dashboard.jobqueue.overview import Overview
from livewall_dashboard.jobqueue.result_store import Fragment, ResultStore
from livewall_dashboard.jobqueue.topics import Topics
from livewall_dashboard.postgres.database import Database
from support.screen_stage import NOW


class Lab:
    """All that writes, and what was told since it was asked last."""

    def __init__(self, database: Database) -> None:
        self._told: set[str] = set()
        topics = Topics(lambda *told: self._told.update(told))
        self.jobs = JobStore(database, lease=0.0, topics=topics)
        self.results = ResultStore(database, topics=topics)
        self.agents = AgentStore(database, topics=topics)
        self.leases = Leases(database, topics=topics)
        self.overview = Overview(database, topics=topics)
        self.agents.put("rpi4-2", AgentData(state="waiting", queues=["q"]))
        self.id = self.submit()

    def submit(self) -> uuid.UUID:
        return self.jobs.submit(Submission(uuid.uuid4(), {}, "q"), None)

    def claim(self) -> None:
        self.jobs.claim(Claimant(["q"], "rpi4-2"))

    def told(self) -> set[str]:
        told, self._told = self._told, set()
        return told


@pytest.fixture
def lab(database: Database) -> Lab:
    return Lab(database)


def test_a_job_from_its_beginning_to_its_end(lab: Lab) -> None:
    mine = {"jobs", "agents", f"job/{lab.id}"}
    assert lab.told() == mine
    lab.claim()
    assert lab.told() == mine
    lab.results.post(lab.id, {"job_state": "test"})
    assert lab.told() == mine
    lab.results.put_fragment(lab.id, "output", Fragment(0, "test", NOW, "x"))
    lab.results.append(lab.id, "serial", b"x")
    assert lab.told() == {f"job/{lab.id}/output"}
    lab.jobs.cancel(lab.id)
    assert lab.told() == mine
    again = lab.jobs.run_again(lab.id, None)
    assert lab.told() == {*mine, f"job/{again}"}, "the one that ended says as which it is run again"


@pytest.mark.parametrize(
    "lose",
    [
        lambda lab: lab.leases.lose_of("rpi4-2"),
        lambda lab: lab.claim(),
        lambda lab: (setattr(lab.leases, "_looked_at", lab.leases._clock()), lab.leases.expire()),
    ],
    ids=["its agent waits", "its agent claims another", "its lease is over"],
)
def test_a_job_is_lost(lab: Lab, lose: Callable[[Lab], Any]) -> None:
    lab.claim()
    lab.told()
    lose(lab)
    assert {"jobs", "agents", f"job/{lab.id}"} <= lab.told()


def test_an_agent(lab: Lab) -> None:
    lab.told()
    lab.agents.put("rpi4-2", AgentData(state="offline"))
    assert lab.told() == {"agents"}
    lab.overview.pause("rpi4-2", paused=True)
    assert lab.told() == {"agents"}
    lab.agents.advertise({"q": "boards"})
    assert lab.told() == {"jobs", "agents"}
    lab.agents.advertise({"q": "boards"})
    assert lab.told() == set(), "agents say it over and over"
