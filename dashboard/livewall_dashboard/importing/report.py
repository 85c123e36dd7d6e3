"""What became of the files of one `livewall import`: a line each, a summary, and the same for programs."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from livewall_dashboard.importing.outcome import Outcome

Result = Literal["imported", "nothing_new", "broken", "skipped"]
"""imported: a run is new, or got what it lacked. skipped: it is not to be imported; nothing is wrong with it."""


@dataclass(frozen=True)
class FileReport:
    """`path`: as it may be shown. `outcome`: None where `reason` says why nothing of the file was stored."""

    path: str
    result: Result
    reason: str = ""
    outcome: Outcome | None = None

    @property
    def line(self) -> str:
        return f"{self.path}: {told(self.outcome) if self.outcome else self.reason}"

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"path": self.path, "result": self.result, "reason": self.reason or None}
        if (outcome := self.outcome) is not None:
            found |= {"run": outcome.key, "setup": outcome.setup, "tests": outcome.tests, "is_new": outcome.is_new}
            found |= {"is_partial": outcome.is_partial, "note": outcome.note or None}
            if outcome.change is not None and not outcome.is_new:
                found["change"] = dataclasses.asdict(outcome.change)
        return found


def summary(reports: Iterable[FileReport]) -> str:
    """One line of all files."""
    counts = Counter(report.result for report in reports)
    parts = [f"{counts['imported']:,} imported", f"{counts['nothing_new']:,} with nothing new"]
    parts += [f"{counts[result]:,} {result}" for result in ("broken", "skipped") if counts[result]]
    return f"{plural(counts.total(), 'file')}: {', '.join(parts)}."


def as_json(reports: list[FileReport]) -> dict[str, Any]:
    counts = Counter(report.result for report in reports)
    results: tuple[Result, ...] = ("imported", "nothing_new", "broken", "skipped")
    return {**{result: counts[result] for result in results}, "files": [report.as_json() for report in reports]}


def told(outcome: Outcome) -> str:
    """One line for people."""
    state = "partial" if outcome.is_partial else "verified"
    divider = ":" if outcome.is_new else ";"
    words = f"run {outcome.key} on {outcome.setup}{_done(outcome)}{divider} {plural(outcome.tests, 'test')}, {state}."
    return f"{words} {outcome.note}".rstrip()


def _done(outcome: Outcome) -> str:
    change = outcome.change
    if outcome.is_new:
        return " is new"
    if change is None:
        return ": nothing was missing"
    done = [
        f"{plural(count, what)} {did}"
        for count, what, did in (
            (change.tests_added, "test", "added"),
            (change.tests_repaired, "test", "mended"),
            (change.tests_removed, "test", "removed"),
            (change.suites_added, "suite", "added"),
            (change.suites_repaired, "suite", "mended"),
            (change.suites_removed, "suite", "removed"),
        )
        if count
    ]
    return f": {', '.join(done) or 'its end was missing'}"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
