"""Runs as a listener would report them, prepared as bodies of requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from typing import Any

from livewall_listener import wire

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)
FAILS_EACH = 20
"""Tests, of which one fails."""


def run_info(setup: str) -> bytes:
    """Body of the PUT that makes the run known."""
    return _json(asdict(wire.RunInfo(setup=setup, host=setup, started_at=_at(0), labels={"os": "debian-12"})))


def opening(tests: int, suite: str = "Bench") -> list[wire.Event]:
    """Plan and start of a run of one suite."""
    names = [f"{suite}.{name(number)}" for number in range(1, tests + 1)]
    plans = [wire.Plan(names[first : first + 1000]) for first in range(0, tests, 1000)]
    start = wire.StartSuite("s1", suite, suite, _at(0), total=tests, test_count=tests, source=f"/lab/{suite}.robot")
    return [start, *plans]


def results(
    count: int, suite: str = "Bench", *, starts: bool = True, first_failure: int | None = FAILS_EACH
) -> Iterator[wire.Event]:
    """Start and end of `count` tests; from the `first_failure` on one in twenty fails, none where that is None."""
    fail = range(first_failure or count + 1, count + 1, FAILS_EACH)
    for number in range(1, count + 1):
        test, failed = name(number), number in fail
        if starts:
            yield wire.StartTest(f"s1-t{number}", test, f"{suite}.{test}", _at(number))
        yield wire.EndTest(
            id=f"s1-t{number}",
            name=test,
            longname=f"{suite}.{test}",
            status="FAIL" if failed else "PASS",
            message=f"Element 'id:button-{number}' did not appear in 5 seconds." if failed else "",
            start_time=_at(number),
            elapsed_time=0.25 + number % 7,
            lineno=number * 4,
            tags=["smoke", f"feature-{number % 50}"],
        )


def name(number: int) -> str:
    return f"Operator can do the thing number {number} and see it"


def batches(events: list[wire.Event], size: int) -> Iterator[bytes]:
    """Bodies of POSTs of at most `size` events."""
    for first in range(0, len(events), size):
        chunk = [{"kind": event.kind, **asdict(event)} for event in events[first : first + size]]
        yield _json({"process": "0", "first_seq": first + wire.FIRST_SEQ, "events": chunk})


def _at(seconds: float) -> str:
    return (BEGIN + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
