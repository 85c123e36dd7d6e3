"""The list of jobs as CSV, for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator

from livewall_dashboard.jobqueue.model import PHASES
from livewall_dashboard.jobqueue.resources import JobSummary

COLUMNS = (
    "id", "queue", "name", "state", "end_reason", "exit_code", "priority", "tags", "attributes", "agent", "retry_of",
    "retried_as", "created_at", "started_at", "ended_at", "statuses", "runs", "url",
)  # fmt: skip


def cells_of(job: JobSummary) -> Iterator[object]:
    """`exit_code`: of the first phase that failed, 0 where none did, nothing where none has ended."""
    failed = (job.statuses[phase] for phase in PHASES if job.statuses.get(phase))
    told = {
        "exit_code": next(failed, 0 if job.statuses else None),
        "tags": ", ".join(job.tags),
        "attributes": ", ".join(f"{name}={value}" for name, value in job.attributes.items()),
        "statuses": ", ".join(f"{phase}={code}" for phase, code in job.statuses.items()),
        "runs": ", ".join(job.runs),
        "url": f"/jobs/{job.id}",
    }
    for name in COLUMNS:
        yield told[name] if name in told else getattr(job, name)
