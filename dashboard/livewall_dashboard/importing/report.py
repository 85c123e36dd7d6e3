"""What became of the files of one `livewall import`: a line each, a summary, and the same for programs."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from livewall_dashboard.history.resources import Counts, of
from livewall_dashboard.importing.outcome import Outcome
from livewall_dashboard.importing.resources import ImportChange, ImportedFile, Result
from livewall_dashboard.web.links import page_of


@dataclass(frozen=True)
class FileReport:
    """`path`: as it may be shown. `outcome`: None where `reason` says why nothing of the file was stored.

    `counts`: of what is now stored of the run.
    """

    path: str
    result: Result
    reason: str = ""
    outcome: Outcome | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def line(self) -> str:
        return f"{self.path}: {told(self.outcome) if self.outcome else self.reason}"

    @property
    def file(self) -> ImportedFile:
        """The same for programs."""
        found = ImportedFile(self.path, self.result, self.reason or None)
        if (outcome := self.outcome) is not None:
            found.run, found.url, found.setup = outcome.key, page_of(outcome.key), outcome.setup
            found.tests, found.counts = outcome.tests, of(Counts, dict(self.counts))
            found.is_new, found.is_partial, found.note = outcome.is_new, outcome.is_partial, outcome.note or None
            if outcome.change is not None and not outcome.is_new:
                found.change = ImportChange(**dataclasses.asdict(outcome.change))
        return found


def summary(reports: Iterable[FileReport]) -> str:
    """One line of all files."""
    counts = Counter(report.result for report in reports)
    parts = [f"{counts['imported']:,} imported", f"{counts['nothing_new']:,} with nothing new"]
    parts += [f"{counts[result]:,} {result}" for result in ("broken", "skipped") if counts[result]]
    return f"{plural(counts.total(), 'file')}: {', '.join(parts)}."


SETUP_WANTED = "on which setup it ran"
"""What the reason says of a file that could be a new run, did anybody say that."""


def hint(reports: Iterable[FileReport]) -> str:
    """What several files lack that one option gives; "" for nothing."""
    count = sum(SETUP_WANTED in report.reason for report in reports)
    if count < 2:
        return ""
    return (
        f"{plural(count, 'file')} would be new runs: say on which setup they ran, all by --setup NAME, or each by "
        "its path, such as --path-pattern 'results/(?P<setup>[^/]+)/'."
    )


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
