"""What the import makes of a file, as a `Record` to be compared with the oracle's; without a database."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import Any

from livewall_dashboard.base.clock import parse_time
from livewall_dashboard.importing.corrections import Corrections
from livewall_dashboard.importing.model import PhaseLine, SuiteLine, TestLine
from livewall_dashboard.importing.read_file import read_file
from livewall_dashboard.importing.times import Clock
from livewall_listener import wire

from .oracle import PhaseRow, Record, SuiteRow, TestRow


def read_imported(path: Path, zone: tzinfo) -> Record:
    """The run in an output.xml as `livewall import` reads it; its times are of `zone`."""
    lines: list[TestLine | SuiteLine] = []
    output = read_file(path, lines.append, Clock(zone))
    lines = [line._replace(longname=output.longname_of(line), start=line.start or output.start) for line in lines]
    corrections, clock = Corrections(output.corrections), Clock(zone)
    suites = sorted((line for line in lines if isinstance(line, SuiteLine)), key=lambda line: line.no)
    tests = [line for line in lines if isinstance(line, TestLine)]
    rows = [_suite_row(line, corrections, clock) for line in suites]
    sources = {row.id: row.source for row in rows}
    record = Record(output.name, rows[0].status, len(tests), 0, 0, 0, output.warnings, output.errors, rows)
    record.tests = [_test_row(line, corrections, clock, sources) for line in tests]
    statuses = [row.status for row in record.tests]
    record.passed, record.skipped = map(statuses.count, ("PASS", "SKIP"))
    record.failed = len(statuses) - record.passed - record.skipped  # NOT RUN, too, as Robot Framework counts
    return record


def _suite_row(line: SuiteLine, corrections: Corrections, clock: Clock) -> SuiteRow:
    return SuiteRow(
        line.id,
        line.name,
        line.longname,
        line.source,
        wire.clean(*line.doc),
        line.metadata,
        corrections.suite(line) or "",
        wire.clean(*line.message),
        parse_time(clock.utc(line.start)),
        line.elapsed,
        _phase_row(line.setup),
        _phase_row(line.teardown),
    )


def _phase_row(line: PhaseLine | None) -> PhaseRow | None:
    return PhaseRow(*line) if line else None


def _test_row(line: TestLine, corrections: Corrections, clock: Clock, sources: dict[str, Any]) -> TestRow:
    status, message = corrections.test(line)
    return TestRow(
        line.id,
        line.name,
        line.longname,
        sources[wire.suite_id_of(line.id)],
        line.lineno,
        line.tags,
        status,
        message,
        parse_time(clock.utc(line.start)),
        line.elapsed,
    )
