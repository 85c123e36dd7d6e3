"""A month of history for the demo, made up and stored as result sets are: each page has something to show at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from robot.api import TestSuite

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.demo.lab import Rig
from livewall_dashboard.demo.past_plan import (
    BRANCH,
    CUT_OFF,
    NIGHTS,
    OFF,
    REPOSITORY,
    MadeCommit,
    Night,
    Outcome,
    nights,
    outcome,
)
from livewall_dashboard.history.commits.given_commit import GivenCommit
from livewall_dashboard.history.commits.register_commits import NewCommit, Registration
from livewall_dashboard.history.result_sets.result_set import Attempt, GivenResult, GivenSuite, ResultSet
from livewall_dashboard.history.result_sets.store_result_set import ResultSets
from livewall_dashboard.history.results.expectation import FAIL, PASS
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.embedded import EmbeddedPostgres

MADE = "made up by livewall demo"
"""What such a run says where others name their node."""
APART = timedelta(minutes=7)
"""Between the nightly runs of two rigs."""
_MARK = "past"
"""A file in the demo's folder, once all of it is stored."""


class MadePast:
    """Stores it beside the wall, in a thread of its own: the lab need not wait for it."""

    def __init__(self, data: Path, rigs: Sequence[Rig], suites: Path) -> None:
        """`data`: the folder of the wall, which runs. `suites`: that of the lab's tests."""
        self._data = data
        self._mark = data / _MARK
        self._rigs = [rig for rig in rigs if rig.suites]
        self._suites = suites
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._make, name="the demo's past", daemon=True)

    def start(self) -> None:
        """Unless an earlier demo has stored it here."""
        if not self._mark.exists():
            self._thread.start()

    def stop(self) -> None:
        """What is stored of it stays, and the rest comes with the next demo."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _make(self) -> None:
        try:
            url = EmbeddedPostgres.running_url(self._data)
            if url and self._store(url):
                self._mark.touch()
        except (LivewallError, OSError) as error:
            click.echo(f"The month of made history is not all there, the next demo goes on with it: {error}", err=True)

    def _store(self, url: str) -> bool:
        """Whether all of it is stored; it is not where the demo ends before."""
        database = Database(url)
        database.open()
        sets = ResultSets(database, clock=utc_now, on_stored=lambda _: None)
        try:
            now = utc_now()
            with database.connection() as connection, connection.transaction():
                Registration(connection).register(commits(now))
            for result_set in month(self._rigs, self._suites, now):
                if self._stop.is_set():
                    return False
                sets.store(result_set)
            return True
        finally:
            sets.close()
            database.close()


def commits(now: datetime) -> list[NewCommit]:
    """All of the month, also those that no run was made at."""
    return [_new(commit) for night in nights(_first_of(now)) for commit in night.commits]


def month(rigs: Sequence[Rig], suites: Path, now: datetime) -> Iterator[ResultSet]:
    """The runs of thirty nights up to the last one, in the order in which they were made."""
    lab = TestSuite.from_file_system(str(suites))
    trees = {rig.setup: _tests_of(lab, rig) for rig in rigs}
    for night in nights(_first_of(now)):
        for no, rig in enumerate(rigs):
            if (rig.setup, night.number) not in OFF:
                yield _run(rig, night, night.began + no * APART, trees[rig.setup])


def _first_of(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=NIGHTS)


def _tests_of(lab: Any, rig: Rig) -> Any:
    tree = lab.deepcopy(name=rig.name)
    tree.configure(include_suites=list(rig.suites), empty_suite_ok=True)
    return tree


def _run(rig: Rig, night: Night, began: datetime, tree: Any) -> ResultSet:
    root = _suite(tree, rig, night.number, rig.name)
    is_whole = (rig.setup, night.number) not in CUT_OFF
    if not is_whole:
        root = replace(root, suites=root.suites[:-1])
    seconds = sum(result.elapsed_time for result in _results(root))
    return ResultSet(
        key=f"made-{rig.setup}-{began:%Y%m%d}",
        setup=rig.setup,
        suite=rig.name,
        root=root,
        started_at=began,
        ended_at=began + timedelta(seconds=seconds + 2),
        labels=rig.labels,
        branch=BRANCH,
        commits=[GivenCommit(REPOSITORY, night.commits[-1].hash, BRANCH)],
        host=MADE,
        platform="Linux",
        is_whole=is_whole,
        process="made",
    )


def _suite(tree: Any, rig: Rig, night: int, longname: str) -> GivenSuite:
    results = [_result(test, f"{longname}.{test.name}", outcome(rig, night, test.name)) for test in tree.tests]
    children = [_suite(child, rig, night, f"{longname}.{child.name}") for child in tree.suites]
    source = str(tree.source or "")
    return GivenSuite(tree.name, results, children, source=source, metadata={"Made": MADE})


def _result(test: Any, longname: str, told: Outcome) -> GivenResult:
    failed = bool(told.message) and not told.is_skipped
    tries = [Attempt("FAIL", told.message), Attempt("PASS")] if told.retried else []
    return GivenResult(
        longname,
        actual=FAIL if failed and not told.retried else PASS,
        is_skipped=told.is_skipped,
        elapsed_time=told.seconds,
        message="" if told.retried else told.message,
        name=test.name,
        tags=list(test.tags),
        lineno=test.lineno or 0,
        source=str(test.source or ""),
        attempts=tries,
    )


def _results(suite: GivenSuite) -> Iterator[GivenResult]:
    yield from suite.results
    for child in suite.suites:
        yield from _results(child)


def _new(commit: MadeCommit) -> NewCommit:
    name, email = commit.author
    return NewCommit(
        REPOSITORY,
        BRANCH,
        int(commit.at.timestamp()) * 100,
        commit.hash,
        identifier=str(commit.number),
        author={"name": name, "emails": [email]},
        message=commit.message,
    )
