"""What a prune removes, or would, in numbers and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.results import partitions
from livewall_dashboard.retention.pruning import Pruning

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OfRule:
    """What goes by one rule. Times are those of the runs' starts."""

    rule: str
    runs: int
    results: int
    oldest: datetime | None
    newest: datetime | None

    def __str__(self) -> str:
        sizes = f"{count(self.runs, 'run')}, {count(self.results, 'result')}"
        return f"{self.rule}: {sizes}, of {_day(self.oldest)} to {_day(self.newest)}"


@dataclass(frozen=True, slots=True)
class Report:
    """`partition_bytes`: of those that go as a whole; `row_bytes`: of results that leave a partition of which a part
    stays; `file_bytes`: of logs and other files, None where they are not on this machine.
    """

    rules: list[OfRule]
    runs: int
    results: int
    partitions: int
    partition_bytes: int
    row_bytes: int
    file_bytes: int | None

    def as_json(self) -> Row:
        rules = [{**asdict(each), "oldest": _iso(each.oldest), "newest": _iso(each.newest)} for each in self.rules]
        return {**asdict(self), "rules": rules}

    def lines(self) -> list[str]:
        """For people, before anything is removed."""
        if not self.runs:
            return ["No run is older than it is kept."]
        comes_back = f"Given back to the disk: {megabytes(self.partition_bytes)} of results"
        if self.file_bytes is not None:
            comes_back += f", {megabytes(self.file_bytes)} of files"
        lines = [*map(str, self.rules), f"{comes_back}."]
        if self.row_bytes:
            lines.append(f"Given back when the rest of their partitions goes: {megabytes(self.row_bytes)} of results.")
        return lines


def report_of(
    connection: psycopg.Connection[Row], rules: Sequence[Row], pruning: Pruning, artifacts: Path | None
) -> Report:
    """Of what is due, once `pruning.look` has looked. `artifacts`: where the files are, if on this machine."""
    assert pruning.plan is not None
    of_rules = [
        OfRule(rules[no - 1]["text"], **_row(connection, "sizes_of_due", runs))
        for no, runs in sorted(pruning.due.items())
    ]
    due = [run for runs in pruning.due.values() for run in runs]
    return Report(
        rules=of_rules,
        runs=sum(each.runs for each in of_rules),
        results=sum(each.results for each in of_rules),
        partitions=len(pruning.plan.partitions),
        partition_bytes=sum(_bytes(connection, first) for first, _, _ in pruning.plan.partitions),
        row_bytes=_bytes_of_rows(connection, pruning.plan.runs),
        file_bytes=None if artifacts is None else _bytes_of_files(connection, due, artifacts),
    )


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _bytes_of_rows(connection: psycopg.Connection[Row], runs: Sequence[int]) -> int:
    """Of each partition, as large a share as these runs have of its results."""
    total = 0.0
    for first, after in partitions.ranges(connection)["result"] if runs else ():
        part = [run for run in runs if first <= run < after]
        if part:
            everybody = [row["id"] for row in connection.execute(QUERIES["runs_between"], [first, after]).fetchall()]
            own, of_all = (_row(connection, "sizes_of_due", which)["results"] for which in (part, everybody))
            total += _bytes(connection, first) * own / of_all if of_all else 0
    return round(total)


def _bytes(connection: psycopg.Connection[Row], first: int) -> int:
    return sum(int(_row(connection, "bytes_of_table", f"{table}_r{first}")["bytes"]) for table in partitions.TABLES)


def _bytes_of_files(connection: psycopg.Connection[Row], runs: Sequence[int], folder: Path) -> int:
    total = 0
    for row in connection.execute(QUERIES["places_of_due"], {"runs": list(runs)}).fetchall():
        try:
            total += (folder / row["place"]).stat().st_size
        except OSError:
            pass  # somebody removed it by hand
    return total


def _row(connection: psycopg.Connection[Row], query: str, value: object) -> Row:
    row = connection.execute(QUERIES[query], [value]).fetchone()
    assert row is not None
    return row


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "?"
