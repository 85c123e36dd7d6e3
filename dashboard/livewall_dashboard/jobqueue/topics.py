"""Of what the pages of jobs and agents are told that it has changed: the topics of `screens/changes.py`."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

JOBS = "jobs"
AGENTS = "agents"


class Topics:
    """Each of `notes` is called with the topics of which something has changed, once it can be read."""

    def __init__(self, *notes: Callable[..., object]) -> None:
        self._notes = notes

    def note_jobs(self, *job_ids: UUID) -> None:
        """What is said of these jobs, and with that the lists of jobs and of agents."""
        self._tell(JOBS, AGENTS, *(f"job/{job_id}" for job_id in job_ids))

    def note_output(self, job_id: UUID) -> None:
        self._tell(f"job/{job_id}/output")

    def note_agents(self) -> None:
        self._tell(AGENTS)

    def _tell(self, *topics: str) -> None:
        for note in self._notes:
            note(*topics)
