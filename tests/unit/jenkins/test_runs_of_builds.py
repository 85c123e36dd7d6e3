"""What is asked of the history for the builds' runs, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.jenkins.runs_of_builds import LOOK_AGAIN, PATIENCE, PORTION, RunsOfBuilds

URL = "http://jenkins/job/smoke/1/"


class History:
    """Runs by their number; each query takes `cost` seconds."""

    def __init__(self, *rows: dict[str, Any], cost: float = 0.0) -> None:
        self.rows = list(rows)
        self.asked: list[list[int]] = []
        self.now = 0.0
        self.cost = cost
        self.away = False

    def runs_of_builds(self, urls: Iterable[str]) -> list[dict[str, Any]]:
        if self.away:
            raise Unavailable("The database is away.")
        return self.rows

    def failures_of_runs(self, runs: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
        self.asked.append(list(runs))
        self.now += self.cost
        failure = {"id": "s1-t1", "process": "0", "longname": "S.T", "message": "why", "since": None}
        return {run: [failure] for run in self.asked[-1]}


def row(number: int, *, state: str = "finished", verification: str = "verified", failed: int = 1) -> dict[str, Any]:
    counts = {"total": 3, "passed": 3 - failed, "failed": failed, "skipped": 0, "expected_failures": 0}
    known = {"setup": "vm1", "state": state, "status": "FAIL", "verification": verification, "has_log": False}
    return {"run_id": number, "id": f"run-{number}", "build_url": URL, **known, **counts}


def failures(history: History, runs: RunsOfBuilds) -> list[int]:
    """How many each run has, in the order of the answer."""
    (found,) = runs.of([URL]).values()
    return [len(run.failures) for run in found]


def test_a_settled_runs_failures_are_looked_up_once_for_a_while() -> None:
    history = History(row(1), row(2))
    runs = RunsOfBuilds(history)
    assert failures(history, runs) == failures(history, runs) == [1, 1]
    assert history.asked == [[2, 1]]


def test_after_a_while_they_are_looked_up_anew_those_that_nobody_knows_first() -> None:
    """Since when a test fails is another time once it was renamed."""
    history = History(*(row(number) for number in range(PORTION)), cost=PATIENCE + 0.1)
    runs = RunsOfBuilds(history, clock=lambda: history.now)
    failures(history, runs)
    history.now += LOOK_AGAIN
    history.rows.append(row(PORTION))
    assert failures(history, runs) == [1] * (PORTION + 1)
    assert [(len(portion), portion[0]) for portion in history.asked] == [(PORTION, PORTION - 1), (PORTION, PORTION)]


def test_a_run_that_may_change_is_looked_up_again() -> None:
    for unsettled in (row(1, state="running"), row(1, state="abandoned"), row(1, verification="pending")):
        history = History(unsettled)
        runs = RunsOfBuilds(history)
        assert failures(history, runs) == failures(history, runs) == [1]
        assert history.asked == [[1], [1]]


def test_a_run_that_went_on_after_all_is_another_one() -> None:
    history = History(row(1))
    runs = RunsOfBuilds(history)
    failures(history, runs)
    history.rows = [row(1, failed=2)]
    failures(history, runs)
    assert history.asked == [[1], [1]]


def test_without_failures_there_is_nothing_to_look_up() -> None:
    history = History(row(1, failed=0))
    assert failures(history, RunsOfBuilds(history)) == [0]
    assert history.asked == []


def test_a_slow_history_is_asked_in_portions_newest_first() -> None:
    history = History(*(row(number) for number in range(3 * PORTION)), cost=PATIENCE + 0.1)
    runs = RunsOfBuilds(history, clock=lambda: history.now)
    assert failures(history, runs) == [0] * (2 * PORTION) + [1] * PORTION
    assert failures(history, runs) == [0] * PORTION + [1] * (2 * PORTION)
    assert failures(history, runs) == [1] * (3 * PORTION)
    assert [len(portion) for portion in history.asked] == [PORTION] * 3


def test_while_postgres_is_away_there_are_none() -> None:
    history = History(row(1))
    history.away = True
    assert RunsOfBuilds(history).of([URL]) == {}
