"""The agents as CSV, for spreadsheets."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from livewall_dashboard.jobqueue.resources import AgentInfo

COLUMNS = (
    "name", "state", "since", "job", "paused", "paused_until", "pause_note", "comment", "queues", "attributes",
    "location", "last_jobs", "heard_at",
)  # fmt: skip


def row_of(agent: AgentInfo) -> dict[str, Any]:
    return {**asdict(agent), "last_jobs": {job.id: job.state for job in agent.last_jobs}}
