"""In which order a Jenkins is asked what: decided from what is known, without asking or waiting."""

from __future__ import annotations

from dataclasses import dataclass

from livewall_dashboard.jenkins.known import LOOKING, Known, KnownJob, Part
from livewall_dashboard.jenkins.slices import Slice

LOOKED_PACE = 20.0
"""Seconds between two readings of what somebody is looking at."""
REREAD = 900.0
"""Seconds after which a job without news is read again: descriptions are edited, builds deleted."""
LONG_AGO = -1e9
"""When a job was read that never was."""
AHEAD = 1e6
"""Seconds that news for somebody who is looking comes before other news."""
TOGETHER = 5.0
"""What is due within so many seconds may as well be asked for now, in the same request."""


@dataclass(frozen=True, slots=True)
class AskOverview:
    part: Part


@dataclass(frozen=True, slots=True)
class AskSlice:
    slice: Slice


@dataclass(frozen=True, slots=True)
class AskJob:
    name: str


@dataclass(frozen=True, slots=True)
class AskStages:
    name: str


Question = AskOverview | AskSlice | AskJob | AskStages


def next_question(known: Known, poll_seconds: float, now: float) -> tuple[Question | None, float]:
    """The question that is due for the longest time, or None, and when the next one is due."""
    looked_at = now - known.looked_at <= LOOKING
    pace = min(poll_seconds, LOOKED_PACE) if looked_at else poll_seconds
    best: tuple[float, Question | None] = (float("inf"), None)
    for part in known.parts:
        best = min(best, (part.read_at + pace, AskOverview(part)), key=_first)
    for name, job in known.jobs.items():
        best = min(best, (_details_due(job, poll_seconds, now), AskJob(name)), key=_first)
        best = min(best, (_stages_due(job, now), AskStages(name)), key=_first)
    due, chosen = best
    if chosen is None or due > now:
        return None, due
    return _together(chosen, known, poll_seconds, now), due


def _first(candidate: tuple[float, Question | None]) -> float:
    return candidate[0]


def _details_due(job: KnownJob, poll_seconds: float, now: float) -> float:
    looked_after = job.looked_after(now)
    if job.details is None or job.changed:
        due = max(job.read_at, LONG_AGO) - (AHEAD if looked_after else 0.0)
    elif looked_after:
        due = job.read_at + min(poll_seconds, LOOKED_PACE)
    else:
        due = job.read_at + (poll_seconds if job.details.running or job.is_alone else REREAD)
    return max(due, job.paused_until)


def _stages_due(job: KnownJob, now: float) -> float:
    """As soon as somebody looks at a pipeline whose builds are not those that the stages were asked for."""
    if not job.seen.is_pipeline or job.details is None or job.stages_of is job.details or not job.looked_after(now):
        return float("inf")
    if all(build.number in job.stages and not build.building for build in job.details.builds):
        return float("inf")
    return max(job.read_at, job.stages_paused_until)


def _together(chosen: Question, known: Known, poll_seconds: float, now: float) -> Question:
    """A whole slice where several of its jobs are due."""
    if not isinstance(chosen, AskJob):
        return chosen
    piece = known.slice_of(chosen.name)
    if piece is None:
        return chosen
    jobs = [known.jobs[name] for name in piece.names if name in known.jobs]
    due = [job for job in jobs if _details_due(job, poll_seconds, now) <= now + TOGETHER]
    return AskSlice(piece) if len(due) > 1 else chosen
