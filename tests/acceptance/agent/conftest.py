"""Agents that take jobs from the shared wall."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.agents import Queue, RunningAgent
from support.dashboard import Dashboard


@pytest.fixture
def make_agent(tmp_path: Path) -> Iterator[Callable[..., RunningAgent]]:
    """Makes agents (`RunningAgent`'s arguments, and `server`: another address of the wall); none outlives the test."""
    made: list[RunningAgent] = []

    def make(dashboard: Dashboard, **how: Any) -> RunningAgent:
        made.append(RunningAgent(how.pop("server", dashboard.url), tmp_path, **how))
        return made[-1]

    yield make
    for agent in made:
        agent.kill()


@pytest.fixture
def agent(make_agent: Callable[..., RunningAgent], shared_dashboard: Dashboard) -> RunningAgent:
    """A running one, with a queue of its own."""
    return make_agent(shared_dashboard).start()


@pytest.fixture
def queue(agent: RunningAgent, shared_dashboard: Dashboard) -> Queue:
    return Queue(shared_dashboard, agent.queue)
