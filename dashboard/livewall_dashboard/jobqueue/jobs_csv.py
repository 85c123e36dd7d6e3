"""The list of jobs as CSV, for spreadsheets."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from livewall_dashboard.jobqueue.model import PHASES
from livewall_dashboard.jobqueue.resources import JobSummary

COLUMNS = (
    "id", "queue", "name", "state", "end_reason", "exit_code", "priority", "tags", "attributes", "agent", "retry_of",
    "retried_as", "created_at", "started_at", "ended_at", "statuses", "runs", "url",
)  # fmt: skip


def row_of(job: JobSummary) -> dict[str, Any]:
    """`exit_code`: of the first phase that failed, 0 where none did, nothing where none has ended."""
    failed = (job.statuses[phase] for phase in PHASES if job.statuses.get(phase))
    exit_code = next(failed, 0 if job.statuses else None)
    return {**asdict(job), "exit_code": exit_code, "url": f"/jobs/{job.id}"}
