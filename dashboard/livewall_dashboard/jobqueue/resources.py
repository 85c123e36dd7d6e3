"""Jobs, agents and queues as our own API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from livewall_dashboard.jobqueue.prospects import Prospects
from livewall_dashboard.jobqueue.remaining_time import RemainingTime
from livewall_dashboard.web.schemas import Number, Time
from livewall_dashboard.web.values import time_text


class JobSummary(Struct):
    """`state` is `lost` where its agent is gone; `retried_as` runs in its place then. `runs`: ids of runs.

    `statuses`: exit codes by phase, of those that have ended.
    """

    id: str
    queue: str
    name: str
    state: str
    end_reason: str
    priority: int
    tags: list[str]
    attributes: dict[str, str]
    agent: str | None
    retry_of: str | None
    retried_as: str | None
    created_at: Time
    started_at: Time | None
    ended_at: Time | None
    reserved_until: Time | None
    runs: list[str]
    statuses: dict[str, int]


class JobList(Struct):
    jobs: list[JobSummary]
    next: str | None = None


class PhaseTimes(Struct):
    """`status`: the exit code, null while there is none."""

    phase: str
    status: int | None
    started_at: Time | None
    ended_at: Time | None


class JobDetail(JobSummary):
    """`position`: jobs before it while it waits; `wait`: seconds until it may start, null where nobody can tell.

    `remaining`: of one that runs, null where too few earlier jobs are known.
    """

    definition: dict[str, Any]
    phases: list[PhaseTimes]
    device_info: dict[str, Any]
    position: int | None
    wait: float | None
    remaining: RemainingTime | None


class QueueInfo(Struct):
    """`retries`: how often a job that says nothing of that is run again when its agent is lost.

    `there`: of its agents those that are at a job, or were heard in the last two minutes, `free`: those of them that
    wait for one; `usual`: median seconds of its last jobs; `wait`: of one that came now.
    """

    name: str
    description: str
    retries: int
    waiting: Number
    running: Number
    agents: Number
    there: Number
    free: Number
    usual: float | None
    wait: float | None


class JobEstimate(Struct):
    """What a job would have to wait for, if it came now. `queue` is "" where it names none.

    `position`: jobs that come first; `agents`: that may take it, `there`: those of them that are at a job, or were
    heard in the last two minutes, `free`: that wait for one; `usual`: median seconds of the queue's last jobs; `wait`:
    seconds until it starts, null where nobody can tell.
    """

    queue: str
    position: Number
    agents: Number
    there: Number
    free: Number
    usual: float | None
    wait: float | None


class QueueList(Struct):
    queues: list[QueueInfo]
    next: str | None = None


class LastJob(Struct):
    """Of an agent. `statuses`: exit codes by phase."""

    id: str
    name: str
    state: str
    statuses: dict[str, int]


class AgentInfo(Struct):
    """`state` is what it last said, `since` when that began; `heard_at`: when it last asked or said anything.

    `job`: what it has now; `last_jobs`: the newest first.
    """

    name: str
    state: str
    since: Time
    comment: str
    queues: list[str]
    attributes: dict[str, str]
    location: str
    paused: bool
    paused_until: Time | None
    pause_note: str
    job: str | None
    last_jobs: list[LastJob]
    updated_at: Time
    heard_at: Time


class AgentList(Struct):
    agents: list[AgentInfo]
    next: str | None = None


class NewJob(Struct):
    id: str


class JobToken(Struct):
    token: str


class Extended(Struct):
    reserved_until: Time


def summary_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Members of a JobSummary."""
    same = ("queue", "name", "state", "end_reason", "priority", "tags", "agent", "runs", "statuses")
    ids = {name: row[name] and str(row[name]) for name in ("id", "retry_of", "retried_as")}
    times = {name: time_text(row[name]) for name in ("created_at", "started_at", "ended_at", "reserved_until")}
    return {**{name: row[name] for name in same}, **ids, **times, "attributes": row["wants"]}


def queue_of(row: Mapping[str, Any], prospects: Prospects) -> QueueInfo:
    return QueueInfo(
        name=row["name"],
        description=row["description"],
        retries=row["retries"],
        waiting=row["waiting"],
        running=row["running"],
        agents=prospects.agents,
        there=prospects.there,
        free=prospects.free,
        usual=prospects.usual,
        wait=prospects.wait,
    )


def estimate_of(queue: str, prospects: Prospects) -> JobEstimate:
    return JobEstimate(
        queue=queue,
        position=prospects.before,
        agents=prospects.agents,
        there=prospects.there,
        free=prospects.free,
        usual=prospects.usual,
        wait=prospects.wait,
    )


def agent_of(row: Mapping[str, Any]) -> AgentInfo:
    return AgentInfo(
        name=row["name"],
        state=row["state"],
        since=time_text(row["state_since"]),
        comment=row["comment"],
        queues=row["queues"],
        attributes=row["attributes"],
        location=row["location"],
        paused=row["is_paused"],
        paused_until=time_text(row["paused_until"]) if row["is_paused"] else None,
        pause_note=row["pause_note"] if row["is_paused"] else "",
        job=row["current"] and str(row["current"]),
        last_jobs=[LastJob(**job) for job in row["last_jobs"]],
        updated_at=time_text(row["updated_at"]),
        heard_at=time_text(row["last_heard_at"]),
    )
