"""Our own runs of builds, with what failed in them. What hardly changes any more is looked up seldom."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import msgspec

from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.base.run_status import COUNTS
from livewall_dashboard.jenkins.joining import key_of
from livewall_dashboard.jenkins.model import BuildFailure, RunOfBuild

Row = dict[str, Any]
RunsByBuild = Mapping[str, list[RunOfBuild]]
"""Runs by the key of the build that started them (`joining.key_of`), in the order they began."""

PORTION = 50
"""Runs whose failures are looked up in one query."""
PATIENCE = 1.0
"""Seconds after which no further portion is begun: the failures of the other runs are there at the next answer."""
REMEMBERED = 20_000
LOOK_AGAIN = 60.0
"""Seconds. Since when a test fails may be told anew: it was renamed, or an older run was imported."""

log = logging.getLogger(__name__)


class History(Protocol):
    """What knows our runs: a `Store`."""

    def runs_of_builds(self, urls: Iterable[str]) -> list[Row]: ...

    def failures_of_runs(self, runs: Iterable[int]) -> dict[int, list[Row]]: ...


@dataclass(frozen=True, slots=True)
class _Known:
    """`at`: when they were looked up."""

    failures: list[BuildFailure]
    at: float


class RunsOfBuilds:
    """Looks up, in as few queries as there can be, what the history knows of builds."""

    def __init__(self, history: History, clock: Callable[[], float] = time.monotonic) -> None:
        self._history = history
        self._clock = clock
        self._failures: dict[tuple[object, ...], _Known] = {}

    def of(self, urls: Iterable[str]) -> RunsByBuild:
        """The runs that builds with these addresses started; none while Postgres is away."""
        try:
            rows = self._history.runs_of_builds(urls)
            known = self._known_failures(rows)
        except LivewallError as error:  # Jenkins's builds are worth showing without ours
            log.warning("The builds' runs cannot be looked up: %s", error.message)
            return {}
        found: dict[str, list[RunOfBuild]] = {}
        for row in rows:
            counts = {name: row[name] for name in COUNTS}
            run = msgspec.convert({**row, "counts": counts, "failures": known.get(row["run_id"], [])}, RunOfBuild)
            found.setdefault(key_of(row["build_url"]), []).append(run)
        return found

    def _known_failures(self, rows: list[Row]) -> dict[int, list[BuildFailure]]:
        """By run. The newest runs come first, where they are too many to look all up at once."""
        began = self._clock()
        failed = [row for row in reversed(rows) if row["failed"]]
        remembered = {row["run_id"]: self._failures[_state(row)] for row in failed if _state(row) in self._failures}
        known = {run: each.failures for run, each in remembered.items()}
        old = {run for run, each in remembered.items() if began - each.at >= LOOK_AGAIN}
        wanted = [row for row in failed if row["run_id"] not in known]
        wanted += [row for row in failed if row["run_id"] in old]
        portions = iter(wanted)
        while portion := list(islice(portions, PORTION)):
            found = self._history.failures_of_runs([row["run_id"] for row in portion])
            for row in portion:
                failures = msgspec.convert(found.get(row["run_id"], []), list[BuildFailure])
                known[row["run_id"]] = failures
                self._remember(row, failures)
            if self._clock() - began > PATIENCE:
                break
        return known

    def _remember(self, row: Row, failures: list[BuildFailure]) -> None:
        if row["state"] != "finished" or row["verification"] == "pending":
            return
        if len(self._failures) >= REMEMBERED:
            self._failures.clear()
        self._failures[_state(row)] = _Known(failures, self._clock())


def _state(row: Row) -> tuple[object, ...]:
    """What is another one when a run has gone on after all."""
    return (row["run_id"], row["state"], row["verification"], *(row[name] for name in COUNTS))
