"""A wall of the test's own, with a real agent and its queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.agents import Queue, RunningAgent
from support.dashboard import Dashboard, running_dashboard
from support.postgres import Databases


@pytest.fixture
def wall(databases: Databases, template: str, tmp_path: Path) -> Iterator[Dashboard]:
    with running_dashboard(databases, template, tmp_path) as wall:
        yield wall


@pytest.fixture
def start_agent(wall: Dashboard, tmp_path: Path) -> Iterator[Callable[[], Queue]]:
    """Starts the agent "rpi4-2" of the queue "rpi4" and gives that queue."""
    agent = RunningAgent(wall.url, tmp_path, name="rpi4-2", queue="rpi4")

    def start() -> Queue:
        agent.start()
        return Queue(wall, agent.queue)

    yield start
    agent.kill()
