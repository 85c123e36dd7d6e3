"""What a screen is told of a setup; the fields are listed in docs/architecture.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec import to_builtins

from livewall_dashboard.base.clock import UTC, iso
from livewall_dashboard.base.run_status import COUNTS
from livewall_dashboard.live.process import ProcessState
from livewall_dashboard.live.run import RunState


@dataclass(frozen=True, slots=True)
class Agent:
    """Of a job queue, beside a setup.

    `state`: what its job is in; without a job waiting, paused, offline, or in its own words. `job`: the id of the
    job it has. `until`: the end of a reservation or a pause.
    """

    name: str
    state: str
    since: datetime
    job: str | None = None
    job_name: str = ""
    until: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        job = {"id": self.job, "name": self.job_name} if self.job else None
        return {"name": self.name, "state": self.state, "since": iso(self.since), "job": job, "until": iso(self.until)}


def tile(
    setup: str,
    *,
    group: str,
    order: int,
    links: list[dict[str, str]],
    jobs: int,
    run: RunState | None,
    others: int,
    agent: Agent | None,
) -> dict[str, Any]:
    """`jobs`: entries of its Jenkins jobs in the configuration; `others`: further runs that go on at the same time."""
    head = {
        "setup": setup, "group": group, "order": order, "links": links, "jobs": jobs, "others": others,
        "agent": agent and agent.as_json(),
    }  # fmt: skip
    if run is None:
        return {**head, **_NOTHING}
    counts = run.counts
    return {
        **head,
        **_now(run),
        "state": _state(run),
        "status": run.status,
        "run": _run(run),
        "counts": to_builtins(counts),
        "failures": to_builtins(run.failures),
        "failures_log": run.log_url,
        "news_at": iso(run.news_at),
    }


_NOWHERE: dict[str, Any] = {
    "suite": None,
    "test": None,
    "keyword": None,
    "phase": None,
    "processes": [],
    "eta": None,
}

_NOTHING: dict[str, Any] = {
    **_NOWHERE,
    "state": "nodata",
    "status": None,
    "run": None,
    "counts": dict.fromkeys(COUNTS, 0),
    "failures": [],
    "failures_log": None,
    "news_at": None,
}


def _state(run: RunState) -> str:
    if run.state == "finished":
        return "idle"
    if run.state == "abandoned":
        return "abandoned"
    return "stale" if run.stale else "running"


def _run(run: RunState) -> dict[str, Any]:
    info = run.info
    return {
        "id": run.key,
        "name": run.name,
        "started_at": iso(run.started_at),
        "ended_at": iso(run.ended_at),
        "elapsed_time": (run.ended_at - run.started_at).total_seconds() if run.ended_at else None,
        "commit": info.commit,
        "branch": info.branch,
        "repository": info.repository,
        "labels": info.labels,
        "build": to_builtins(info.build),
        "pabot": info.pabot,
        "processes": len(run.processes),
        "verification": run.verification,
        "warnings": run.warnings,
        "errors": run.errors,
        "lost": run.lost,
        "missing": run.missing,
        "missing_failures": run.missing_failures,
    }


def _now(run: RunState) -> dict[str, Any]:
    """What is happening: of several processes, the one whose test has been running longest speaks for the run."""
    running = [process for process in run.processes.values() if not process.ended]
    if run.state == "finished" or not running:
        return _NOWHERE
    speaker = min(running, key=_since)
    return {
        "suite": speaker.suites[-1].as_json() if speaker.suites else None,
        "test": speaker.test.as_json() if speaker.test else None,
        "keyword": _keyword(speaker),
        "phase": _phase(speaker),
        "processes": [_process(process) for process in running] if len(run.processes) > 1 else [],
        "eta": _eta(run),
    }


def _since(process: ProcessState) -> tuple[int, datetime]:
    """Tests before suites before processes that have not begun."""
    if process.test:
        return 0, process.test.started_at
    if process.suites:
        return 1, process.suites[-1].started_at
    return 2, datetime.max.replace(tzinfo=UTC)


def _keyword(process: ProcessState) -> dict[str, Any] | None:
    if not process.keywords:
        return None
    return {"path": process.keywords, "started_at": iso(process.keyword_started_at)}


def _phase(process: ProcessState) -> dict[str, Any] | None:
    if not process.phase:
        return None
    name = process.keywords[0] if process.keywords else ""
    return {"kind": process.phase, "name": name, "started_at": iso(process.phase_started_at)}


def _process(process: ProcessState) -> dict[str, Any]:
    return {
        "process": process.name,
        "slot": process.slot,
        "suite": process.suites[-1].as_json() if process.suites else None,
        "test": process.test.as_json() if process.test else None,
    }


def _eta(run: RunState) -> dict[str, Any] | None:
    ends_at = run.ends_at()
    if ends_at is None:
        return None
    expected: timedelta = ends_at - run.started_at
    return {"ends_at": iso(ends_at), "expected_time": expected.total_seconds()}
