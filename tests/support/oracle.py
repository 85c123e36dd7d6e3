"""The oracle: what Robot Framework says a run was, and how a record of it differs from that.

`read_output` makes a `Record` of output.xml by Robot Framework's own `ExecutionResult`; `support.recorded` makes one of
Postgres's rows and one of the read API's. `differences` compares two of them field by field.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any

from robot.api import ExecutionResult

LONGEST_TEXT = 1_000_000
"""Characters of a message or documentation that are kept; said independently of the code under test."""


@dataclass(frozen=True)
class PhaseRow:
    """A suite's setup or teardown."""

    name: str
    status: str
    elapsed_time: float


@dataclass(frozen=True)
class SuiteRow:
    id: str
    name: str
    longname: str
    source: str
    doc: str
    metadata: Mapping[str, str]
    status: str
    message: str
    start_time: datetime
    elapsed_time: float
    setup: PhaseRow | None
    teardown: PhaseRow | None


@dataclass(frozen=True)
class TestRow:
    __test__ = False

    id: str
    name: str
    longname: str
    source: str
    lineno: int
    tags: tuple[str, ...]
    status: str
    message: str
    start_time: datetime
    elapsed_time: float


@dataclass
class Record:
    """A run (or one robot process of it): its rows in the order they ended, and its totals.

    `warnings` and `errors` are None where the source does not tell.
    """

    name: str
    status: str
    total: int
    passed: int
    failed: int
    skipped: int
    warnings: int | None = None
    errors: int | None = None
    suites: list[SuiteRow] = field(default_factory=list)
    tests: list[TestRow] = field(default_factory=list)


def read_output(path: Path, zone: tzinfo | None = None) -> Record:
    """The run in an output.xml or output.json; its times are of `zone`, by default this machine's."""
    result = ExecutionResult(str(path))
    totals = result.statistics.total
    levels = Counter(message.level for message in result.errors.messages)
    record = Record(
        name=result.suite.name,
        status=result.suite.status,
        total=totals.total,
        passed=totals.passed,
        failed=totals.failed,
        skipped=totals.skipped,
        warnings=levels["WARN"],
        errors=levels["ERROR"],
    )
    _collect(result.suite, record, zone)
    return record


def _collect(suite: Any, record: Record, zone: tzinfo | None) -> None:
    record.suites.append(_suite_row(suite, zone))
    for child in suite.suites:
        _collect(child, record, zone)
    record.tests.extend(_test_row(test, zone) for test in suite.tests)


def _suite_row(suite: Any, zone: tzinfo | None) -> SuiteRow:
    return SuiteRow(
        id=suite.id,
        name=suite.name,
        longname=_longname(suite),
        source=str(suite.source or ""),
        doc=as_kept(suite.doc),
        metadata=dict(suite.metadata),
        status=suite.status,
        message=as_kept(suite.message),
        start_time=_utc(suite.start_time, zone),
        elapsed_time=_seconds(suite.elapsed_time),
        setup=_phase_row(suite.setup) if suite.has_setup else None,
        teardown=_phase_row(suite.teardown) if suite.has_teardown else None,
    )


def _phase_row(keyword: Any) -> PhaseRow:
    return PhaseRow(name=keyword.name, status=keyword.status, elapsed_time=_seconds(keyword.elapsed_time))


def _test_row(test: Any, zone: tzinfo | None) -> TestRow:
    return TestRow(
        id=test.id,
        name=test.name,
        longname=_longname(test),
        source=str(test.source or ""),
        lineno=test.lineno or 0,
        tags=tuple(test.tags),
        status=test.status,
        message=as_kept(test.message),
        start_time=_utc(test.start_time, zone),
        elapsed_time=_seconds(test.elapsed_time),
    )


def _longname(item: Any) -> str:
    return str(item.full_name if hasattr(item, "full_name") else item.longname)


def _utc(local: datetime, zone: tzinfo | None) -> datetime:
    return (local.replace(tzinfo=zone) if zone else local).astimezone(timezone.utc)


def _seconds(elapsed: timedelta) -> float:
    return elapsed.total_seconds()


def as_kept(text: str) -> str:
    """The text as the history promises to keep it: whole, up to `LONGEST_TEXT` characters."""
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]}\n[cut by livewall: {len(text) - LONGEST_TEXT} more characters]"


TOTALS = ("name", "status", "total", "passed", "failed", "skipped", "warnings", "errors")
IDENTITY = ("id",)
MERGED = ("longname", "start_time")
"""What tells rows apart in pabot's merged output, where ids are given anew."""


def differences(
    expected: Record,
    actual: Record,
    *,
    by: tuple[str, ...] = IDENTITY,
    leave_out: Iterable[str] = (),
    ordered: bool = True,
    resolution: float = 1e-6,
) -> list[str]:
    """One readable line a difference; none: the records are equal.

    Rows are paired by the fields `by`. `leave_out` names fields of rows or totals that are not to be compared.
    `ordered`: tests must also come in the same order. Durations and times may differ by less than `resolution` seconds.
    """
    left_out = set(leave_out)
    found = [
        f"run: {name}: expected {want!r}, found {have!r}"
        for name in TOTALS
        if name not in left_out
        and (want := getattr(expected, name)) != (have := getattr(actual, name))
        and want is not None
        and have is not None
    ]
    found += _row_differences("suite", expected.suites, actual.suites, by, left_out, resolution)
    found += _row_differences("test", expected.tests, actual.tests, by, left_out, resolution)
    if ordered and not found and [t.id for t in expected.tests] != [t.id for t in actual.tests]:
        found.append("tests come in another order than in output.xml")
    return found


def assert_equal(expected: Record, actual: Record, **how: Any) -> None:
    """AssertionError with every difference (the first 30 in full) unless the records are equal."""
    found = differences(expected, actual, **how)
    assert not found, "\n".join([f"{len(found)} differences from output.xml:", *found[:30]])


def _row_differences(
    kind: str,
    expected: Iterable[Any],
    actual: Iterable[Any],
    by: tuple[str, ...],
    left_out: set[str],
    resolution: float,
) -> list[str]:
    found: list[str] = []
    wanted, duplicates = _paired(expected, by)
    found += [f"{kind} {key}: twice in output.xml by {by}: compare by more" for key in duplicates]
    had, duplicates = _paired(actual, by)
    found += [f"{kind} {key}: stored twice" for key in duplicates]
    found += [f"{kind} {_label(wanted[key])}: missing" for key in wanted if key not in had]
    found += [f"{kind} {_label(had[key])}: not in output.xml" for key in had if key not in wanted]
    for key, row in wanted.items():
        if key in had:
            for name, want, have in _field_differences(row, had[key], left_out, resolution):
                found.append(f"{kind} {_label(row)}: {name}: {_shown(want, have)}")
    return found


def _paired(rows: Iterable[Any], by: tuple[str, ...]) -> tuple[dict[Hashable, Any], list[Hashable]]:
    paired: dict[Hashable, Any] = {}
    duplicates: list[Hashable] = []
    for row in rows:
        key = tuple(getattr(row, name) for name in by)
        if key in paired:
            duplicates.append(key)
        paired[key] = row
    return paired, duplicates


def _label(row: Any) -> str:
    longname = row.longname if len(row.longname) <= 80 else row.longname[:80] + "..."
    return f"{row.id} {longname!r}"


def _field_differences(expected: Any, actual: Any, left_out: set[str], resolution: float) -> list[tuple[str, Any, Any]]:
    return [
        (name, want, have)
        for name in (each.name for each in fields(expected))
        if name not in left_out
        and not _equal(want := getattr(expected, name), have := getattr(actual, name), left_out, resolution)
    ]


def _equal(expected: Any, actual: Any, left_out: set[str], resolution: float) -> bool:
    if isinstance(expected, float):
        return isinstance(actual, float) and math.isclose(expected, actual, rel_tol=0, abs_tol=resolution)
    if isinstance(expected, datetime):
        return bool(abs((expected - actual).total_seconds()) < resolution)
    if isinstance(expected, PhaseRow) and isinstance(actual, PhaseRow):
        return not _field_differences(expected, actual, left_out, resolution)
    return bool(expected == actual)


def _shown(want: Any, have: Any) -> str:
    """Both values; of long texts the place where they part."""
    if not (isinstance(want, str) and isinstance(have, str)) or max(len(want), len(have)) <= 300:
        return f"expected {want!r}, found {have!r}"
    at = next((i for i, (a, b) in enumerate(zip(want, have)) if a != b), min(len(want), len(have)))
    near = slice(max(0, at - 20), at + 40)
    return f"of {len(want)} and {len(have)} characters, from {at} on: expected {want[near]!r}, found {have[near]!r}"
