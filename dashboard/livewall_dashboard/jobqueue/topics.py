"""Of what the pages of jobs and agents are told that it has changed: the topics of `screens/changes.py`."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

JOBS = "jobs"
AGENTS = "agents"


class Topics:
    """`note(*topics)`: something of these has changed, and can be read by now."""

    def __init__(self, note: Callable[..., object] = lambda *_: None) -> None:
        self._note = note

    def note_jobs(self, *job_ids: UUID) -> None:
        """What is said of these jobs, and with that the lists of jobs and of agents."""
        self._note(JOBS, AGENTS, *(f"job/{job_id}" for job_id in job_ids))

    def note_output(self, job_id: UUID) -> None:
        self._note(f"job/{job_id}/output")

    def note_agents(self) -> None:
        self._note(AGENTS)
