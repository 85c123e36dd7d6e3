"""What one commit has to do for one robot process, gathered from its events. Pure: no database, no clock."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from livewall_dashboard.history.recording.model import ProcessKey
from livewall_dashboard.history.results.status_number import STATUS_NUMBER
from livewall_listener import wire

TestRow = tuple[int, int, str, wire.EndTest]
"""A test as it stands after the events gathered so far: seq, status (`STATUS_NUMBER`), message, and what else it is."""


@dataclass(slots=True)
class ProcessWork:
    """`stored_seq` and `last_seq`: the process's last event in Postgres before and after this commit.

    `counts`: how many more tests there are of each status (`STATUS_NUMBER`) than before.
    """

    key: ProcessKey
    run_id: int
    no: int
    stored_seq: int
    live: dict[str, Any] | None
    last_seq: int
    received_at: datetime
    tests: dict[str, TestRow] = field(default_factory=dict)
    corrections: dict[str, tuple[int, str]] = field(default_factory=dict)
    suites: dict[str, tuple[int, wire.StartSuite]] = field(default_factory=dict)
    suite_ends: dict[str, wire.EndSuite] = field(default_factory=dict)
    suite_corrections: dict[str, wire.CorrectSuite] = field(default_factory=dict)
    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    total: int | None = None
    lost: int = 0
    end: wire.EndProcess | None = None

    def add(self, events: Sequence[wire.Event], first_seq: int) -> None:
        """Take in events, numbered from `first_seq`. Raises ValueError for one whose values cannot be stored."""
        for seq, event in enumerate(events, first_seq):
            if take := _TAKE.get(event.kind):
                take(self, seq, event)


def _end_test(work: ProcessWork, seq: int, event: wire.EndTest) -> None:
    _check_time(event.start_time)
    _check_elapsed(event.elapsed_time)
    status = _number(event.status)
    tests, counts = work.tests, work.counts
    if event.id in tests:
        counts[tests[event.id][1]] -= 1
    counts[status] += 1
    tests[event.id] = (seq, status, event.message, event)


def _correct_test(work: ProcessWork, _seq: int, event: wire.CorrectTest) -> None:
    status = _number(event.status)
    row = work.tests.get(event.id)
    work.counts[status] += 1
    if row is None:
        work.counts[_number(event.was)] -= 1
        work.corrections[event.id] = (status, event.message)
    else:
        seq, before, _, end = row
        work.counts[before] -= 1
        work.tests[event.id] = (seq, status, event.message, end)


def _start_suite(work: ProcessWork, seq: int, event: wire.StartSuite) -> None:
    _check_time(event.start_time)
    work.suites[event.id] = (seq, event)
    work.total = event.total


def _end_suite(work: ProcessWork, _seq: int, event: wire.EndSuite) -> None:
    _check_elapsed(event.elapsed_time)
    _number(event.status)
    work.suite_ends[event.id] = event
    work.total = event.total


def _correct_suite(work: ProcessWork, _seq: int, event: wire.CorrectSuite) -> None:
    _number(event.status)
    work.suite_corrections[event.id] = event


def _lost(work: ProcessWork, _seq: int, event: wire.Lost) -> None:
    work.lost += event.count


def _end_process(work: ProcessWork, _seq: int, event: wire.EndProcess) -> None:
    work.end = event


# Plan and StartTest are the wall's alone.
_TAKE: dict[str, Callable[[ProcessWork, int, Any], None]] = {
    wire.EndTest.kind: _end_test,
    wire.CorrectTest.kind: _correct_test,
    wire.StartSuite.kind: _start_suite,
    wire.EndSuite.kind: _end_suite,
    wire.CorrectSuite.kind: _correct_suite,
    wire.Lost.kind: _lost,
    wire.EndProcess.kind: _end_process,
}


def _number(status: str) -> int:
    try:
        return STATUS_NUMBER[status]
    except KeyError:
        raise ValueError(f"{status!r} is no status") from None


def _check_time(text: str) -> None:
    """Postgres refuses what is no time, but takes "infinity", "tomorrow" and years that nobody can read back."""
    if not text[:4].isdigit() or text[4:5] != "-" or text[-1] not in "0123456789Zz":
        raise ValueError(f"{text!r} is no ISO 8601 time")


def _check_elapsed(seconds: float) -> None:
    if not math.isfinite(seconds):
        raise ValueError(f"{seconds} is no duration")
