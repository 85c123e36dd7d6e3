"""What a node tells of a run, made of its output.xml by Robot Framework's own `ExecutionResult`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone, tzinfo
from pathlib import Path
from typing import Any

from robot.api import ExecutionResult

from livewall_listener import wire

CORRECTED = 3
"""Of each so many tests, one ends as passed and is corrected when its suite ends."""


def events_of(output: Path, zone: tzinfo) -> list[wire.Event]:
    """All events of the process, in order; the node's clock is of `zone`."""
    result = ExecutionResult(str(output))
    tests = list(result.suite.all_tests)
    statistics = result.statistics.total
    levels = [message.level for message in result.errors.messages]
    end = wire.EndProcess(
        statistics.total,
        statistics.passed,
        statistics.failed,
        statistics.skipped,
        wire.digest_of((test.id, test.status, test.message) for test in tests),
        levels.count("WARN"),
        levels.count("ERROR"),
    )
    return [*_suite(result.suite, zone, statistics.total), end]


def _suite(suite: Any, zone: tzinfo, total: int) -> Iterator[wire.Event]:
    yield wire.StartSuite(
        suite.id,
        suite.name,
        suite.full_name,
        _utc(suite, zone),
        total,
        suite.test_count,
        str(suite.source or ""),
        suite.doc,
        dict(suite.metadata),
    )
    if suite.parent is None:
        yield wire.Plan([test.full_name for test in suite.all_tests])
    for child in suite.suites:
        yield from _suite(child, zone, total)
    corrections = []
    for number, test in enumerate(suite.tests):
        yield wire.StartTest(test.id, test.name, test.full_name, _utc(test, zone))
        told = (test.status, test.message) if number % CORRECTED else ("PASS", "")
        if told != (test.status, test.message):
            corrections.append(wire.CorrectTest(test.id, test.name, test.full_name, told[0], test.status, test.message))
        yield wire.EndTest(
            test.id,
            test.name,
            test.full_name,
            told[0],
            told[1],
            _utc(test, zone),
            _seconds(test),
            test.lineno or 0,
            list(test.tags),
        )
    yield from corrections
    yield wire.EndSuite(
        suite.id,
        suite.status,
        suite.message,
        _seconds(suite),
        total,
        _phase(suite.setup) if suite.has_setup else None,
        _phase(suite.teardown) if suite.has_teardown else None,
    )


def _phase(keyword: Any) -> wire.Phase:
    return wire.Phase(keyword.name, keyword.status, _seconds(keyword))


def _utc(item: Any, zone: tzinfo) -> str:
    """When it began. In an hour that comes twice it is the second one's if the run had not begun in the first."""
    root = item
    while root.parent is not None:
        root = root.parent
    moment = _moment(item.start_time.replace(tzinfo=zone))
    if moment < _moment(root.start_time.replace(tzinfo=zone)):
        moment = _moment(item.start_time.replace(tzinfo=zone, fold=1))
    return moment.isoformat(timespec="microseconds")


def _moment(local: datetime) -> datetime:
    return local.astimezone(timezone.utc)


def _seconds(item: Any) -> float:
    """An hour more where clocks were set back meanwhile."""
    seconds = float(item.elapsed_time.total_seconds())
    return seconds if seconds >= 0 else seconds + 3600
