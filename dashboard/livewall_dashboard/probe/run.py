"""The run a probe reports: one suite with one test, told as a listener tells it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from livewall_dashboard.live import PROBE_SETUP
from livewall_listener import wire

PROCESS = "0"

Json = dict[str, Any]


def info(now: datetime) -> Json:
    """Body of `PUT /api/v1/runs/{run_id}`."""
    time = now.isoformat()
    return asdict(wire.RunInfo(process=PROCESS, setup=PROBE_SETUP, started_at=time, sent_at=time))


def batch(now: datetime) -> Json:
    """Body of `POST /api/v1/runs/{run_id}/events`: the whole run."""
    time = now.isoformat()
    suite, test = "Livewall Probe", "An Event Reaches The Screens"
    longname = f"{suite}.{test}"
    events: list[wire.Event] = [
        wire.StartSuite("s1", suite, suite, time, total=1, test_count=1),
        wire.StartTest("s1-t1", test, longname, time),
        wire.EndTest("s1-t1", test, longname, "PASS", "", time, 0.0),
        wire.EndSuite("s1", "PASS", "", 0.0, total=1),
        wire.EndProcess(1, 1, 0, 0, wire.digest_of([("s1-t1", "PASS", "")])),
    ]
    return {
        "process": PROCESS,
        "first_seq": wire.FIRST_SEQ,
        "events": [{"kind": event.kind, **asdict(event)} for event in events],
        "sent_at": time,
    }


def has_arrived(tile: Json, run_id: str) -> bool:
    """Whether a screen that shows this tile shows all of the run, counted by both sides and stored."""
    run = tile.get("run") or {}
    return bool(run.get("id") == run_id and run.get("verification") == "verified" and tile.get("state") == "idle")
