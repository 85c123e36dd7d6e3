"""Runs that were stored whole are told, together, and never lost."""

from __future__ import annotations

from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.history.result_sets.stored_runs import StoredRuns


def test_what_came_meanwhile_is_told_together_and_once() -> None:
    told: list[set[str]] = []
    runs = StoredRuns(told.append)
    for run in ("one", "two", "one"):
        runs.note(run)
    runs._work()
    runs._work()
    assert told == [{"one", "two"}]


def test_what_could_not_be_told_is_told_again_with_what_came_since() -> None:
    told: list[set[str]] = []

    def tell(some: set[str]) -> None:
        told.append(some)
        if len(told) == 1:
            runs.note("two")
            raise Unavailable("Postgres is away")

    runs = StoredRuns(tell)
    runs.note("one")
    try:
        runs._work()
    except Unavailable:
        pass
    runs._work()
    assert told == [{"one"}, {"one", "two"}]


def test_what_is_stored_again_while_it_is_told_is_told_again() -> None:
    told: list[set[str]] = []

    def tell(some: set[str]) -> None:
        told.append(some)
        if len(told) == 1:
            runs.note("one")

    runs = StoredRuns(tell)
    runs.note("one")
    runs._work()
    runs._work()
    assert told == [{"one"}, {"one"}]
