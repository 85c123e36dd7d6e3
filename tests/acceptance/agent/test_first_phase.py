"""Nothing of a job is run before the wall knows that it may have begun: else it would be run again without need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.agents import Queue, RunningAgent
from support.dashboard import Dashboard
from support.forwarder import Forwarder
from support.waiting import wait_for

STATE_OF_JOB = r"^POST /v1/result/[^/]+$"


@pytest.fixture
def forwarder(shared_dashboard: Dashboard) -> Iterator[Forwarder]:
    with Forwarder(shared_dashboard.url).running() as forwarder:
        yield forwarder


@pytest.fixture
def agent(make_agent: Callable[..., RunningAgent], shared_dashboard: Dashboard, forwarder: Forwarder) -> RunningAgent:
    """Whose wall does not hear of the first phase."""
    forwarder.held = STATE_OF_JOB
    return make_agent(shared_dashboard, server=forwarder.url).start()


@pytest.fixture
def queue(agent: RunningAgent, shared_dashboard: Dashboard) -> Queue:
    return Queue(shared_dashboard, agent.queue)


def submit_held(queue: Queue, forwarder: Forwarder, runs: Path) -> str:
    """A job that its agent has taken, and has tried to say so more than once."""
    job = queue.submit(f"echo $LIVEWALL_JOB >> {runs}", retries=0)
    wait_for(lambda: forwarder.refused > 1, what="the first phase to be told")
    return job


def test_job_that_the_wall_never_heard_of_was_not_run_and_is_run_again(
    agent: RunningAgent,
    queue: Queue,
    forwarder: Forwarder,
    make_agent: Callable[..., RunningAgent],
    shared_dashboard: Dashboard,
    tmp_path: Path,
) -> None:
    first = submit_held(queue, forwarder, tmp_path / "runs")
    agent.kill()
    # The same agent, by a way of its own: what the killed one said last may be on its way, and stays held.
    make_agent(shared_dashboard, name=agent.name, queue=agent.queue).start()
    again = wait_for(lambda: shared_dashboard.get(f"/v1/job/{first}").get("retried_as"), what="another try")
    assert queue.wait_ended(again)["job_state"] == "complete"
    assert (tmp_path / "runs").read_text().split() == [again]


def test_job_that_is_cancelled_before_the_wall_heard_of_it_is_not_run(
    agent: RunningAgent, queue: Queue, forwarder: Forwarder, tmp_path: Path
) -> None:
    job = submit_held(queue, forwarder, tmp_path / "runs")
    queue.cancel(job)
    forwarder.held = ""
    after = queue.submit("echo next")
    assert queue.wait_ended(after)["test_output"] == "next\n"
    assert not (tmp_path / "runs").exists()
