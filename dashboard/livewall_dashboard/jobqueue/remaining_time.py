"""How long a job that runs will still take, from what earlier ones took. Pure; nothing where too few are known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from livewall_dashboard.jobqueue.definition import reserved_seconds
from livewall_dashboard.jobqueue.model import PHASES

ENOUGH = 5
"""Earlier jobs; fewer say nothing."""
LOOKED_AT = 50


class RemainingTime(Struct):
    """`seconds`: the rest of its phase, and `rest`, the phases to come.

    `usual`: seconds of its phase, null before the first. `jobs`: of so many earlier ones, those of its name where
    `of_name`, else all of its queue.
    """

    seconds: float
    rest: float
    usual: float | None
    jobs: int
    of_name: bool


def remaining_time(
    job: Mapping[str, Any],
    began: Mapping[str, datetime | None],
    usual: Mapping[str, float],
    now: datetime,
    *,
    jobs: int,
    of_name: bool,
) -> RemainingTime | None:
    """`began`: when its phases did; `usual`: median seconds by phase of `jobs` earlier ones."""
    if jobs < ENOUGH or job["ended_at"] is not None or job["started_at"] is None:
        return None
    expected = {**usual, "reserve": float(reserved_seconds(job["definition"]))}
    phase = job["state"] if job["state"] in PHASES else None
    to_come = PHASES[PHASES.index(phase) + 1 :] if phase else PHASES
    rest = sum(expected.get(each, 0.0) for each in to_come)
    if phase is None:
        return RemainingTime(rest, rest, None, jobs, of_name)
    spent = (now - (began.get(phase) or now)).total_seconds()
    left = expected.get(phase, 0.0) - spent
    if phase == "reserve" and job["reserved_until"] is not None:
        left = (job["reserved_until"] - now).total_seconds()
    return RemainingTime(max(0.0, left) + rest, rest, expected.get(phase, 0.0), jobs, of_name)
