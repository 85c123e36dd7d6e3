"""Tests by runs: which runs are the columns, which tests the rows, in which order; and the folders that they are in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import errors as pg

from livewall_dashboard.base.errors import BadRequest, NotFound
from livewall_dashboard.history import cursor
from livewall_dashboard.history.grid import cells
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.results import folders
from livewall_dashboard.history.results.folders import Named
from livewall_dashboard.history.runs import run_list
from livewall_dashboard.history.runs.run_list import RunFilter
from livewall_dashboard.postgres.database import Database

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
Sort = Literal["failing", "flips", "slow", "name"]

MATCH_WITHIN = 2.0
"""Seconds for a regular expression."""
LONGEST_PATTERN = 300


@dataclass(frozen=True, slots=True)
class Matrix:
    """`runs`: the columns, the oldest first. `folder`: that whose `folders` these are. `total`: tests of all pages."""

    suite: str
    runs: list[Row]
    folder: str
    folders: list[Row]
    tests: list[Row]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Rows:
    """All tests of some runs that are wanted. `numbers`: of the runs; `known`: longnames of their suites."""

    runs: list[Row]
    numbers: list[int]
    folder: str
    known: set[str]
    tests: list[Row]


class Grids:
    """Raises `Unavailable` while Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tests_by_runs(
        self,
        filters: RunFilter,
        chosen: Sequence[str] = (),
        pattern: str | None = None,
        folder: str = "",
        sort: Sort = "failing",
        columns: int = 50,
        after: str | None = None,
        limit: int = 100,
    ) -> Matrix:
        """The latest runs that fit, or those `chosen` by id. `pattern`: a regular expression for longnames.

        Folders are named with the first page alone. Raises BadRequest, NotFound.
        """
        start = cursor.decode(after, int)[0] if after is not None else 0
        with self._database.connection() as connection:
            if not chosen and filters.suite is None:
                filters = _of_latest_suite(connection, filters)
            found = _rows(connection, filters, chosen, pattern, folder, columns)
        rows = found.tests
        below = [_named_folder(name, inside) for name, inside in _by_folder(found).items()] if start == 0 else []
        rows.sort(key=lambda row: row["test"].longname)
        _sort(rows, sort, len(found.runs))
        page = [_shown(row, len(found.runs)) for row in rows[start : start + limit]]
        following = cursor.encode((start + limit,)) if len(rows) > start + limit else None
        return Matrix(filters.suite or "", found.runs, found.folder, below, page, len(rows), following)

    def folders_by_runs(
        self,
        filters: RunFilter,
        chosen: Sequence[str] = (),
        pattern: str | None = None,
        folder: str = "",
        columns: int = 50,
    ) -> tuple[list[str], list[Row]]:
        """The ids of the same runs, the oldest first, and what became of the tests of each folder in each of them.

        It reads all results once more, so a reader need not wait for it. Raises BadRequest, NotFound.
        """
        with self._database.connection() as connection:
            if not chosen and filters.suite is None:
                filters = _of_latest_suite(connection, filters)
            found = _rows(connection, filters, chosen, pattern, folder, columns)
            folders = _with_results(connection, found)
        return [str(run["id"]) for run in found.runs], folders

    def setups_by_runs(self, setups: Sequence[str], suite: str | None, branch: str | None, columns: int) -> list[Row]:
        """Each setup, or these alone, with its latest runs, the oldest first: `{setup, runs}`."""
        values = {"setups": list(setups) or None, "suite": suite, "branch": branch, "runs": columns}
        with self._database.connection() as connection:
            found = connection.execute(QUERIES["runs_of_setups"], values).fetchall()
            rows = run_list.read(connection, [number for row in found for number in row["ids"]])
        by_setup: dict[str, list[Row]] = {row["setup"]: [] for row in found}
        for row in reversed(rows):
            by_setup[row["setup"]].append(row)
        return [{"setup": setup, "runs": runs} for setup, runs in by_setup.items()]


def _of_latest_suite(connection: Connection, filters: RunFilter) -> RunFilter:
    row = connection.execute(QUERIES["latest_suite"]).fetchone()
    values = {name: getattr(filters, name) for name in filters.__slots__}
    return RunFilter(**{**values, "suite": row["suite"] if row else ""})


def _columns(
    connection: Connection, filters: RunFilter, chosen: Sequence[str], columns: int
) -> tuple[list[Row], list[int]]:
    """The runs, the oldest first, and their numbers."""
    if chosen:
        found = connection.execute(QUERIES["run_numbers"], [list(chosen)]).fetchall()
        missing = set(chosen) - {row["key"] for row in found}
        if missing:
            raise NotFound(f"There is no run {min(missing)[:200]!r}.")
        runs = run_list.read(connection, [row["id"] for row in found])
    else:
        runs, _ = run_list.in_order(connection, filters, None, columns)
    runs.reverse()
    numbers = connection.execute(QUERIES["run_numbers"], [[run["id"] for run in runs]]).fetchall()
    of_key = {row["key"]: row["id"] for row in numbers}
    return runs, [of_key[run["id"]] for run in runs]


def _named(connection: Connection, rows: list[Row], pattern: str | None) -> list[Row]:
    """Those whose name fits, with it."""
    values: Row = {"tests": [row["test_id"] for row in rows]}
    if pattern is None:
        found = connection.execute(QUERIES["names_of_tests"], values).fetchall()
    else:
        found = _matching(connection, {**values, "pattern": pattern})
    names = {row["id"]: row for row in found}
    named = [(row, names[row["test_id"]]) for row in rows if row["test_id"] in names]
    return [{**row, "test": Named(name["longname"], name["name"])} for row, name in named]


def _matching(connection: Connection, values: Row) -> list[Row]:
    """A regular expression may take for ever: it gets two seconds. Raises BadRequest, with what Postgres says of it."""
    if len(values["pattern"]) > LONGEST_PATTERN:
        raise BadRequest(f"A regular expression has at most {LONGEST_PATTERN} characters here.")
    try:
        with connection.transaction():
            connection.execute("SELECT set_config('statement_timeout', %s, true)", [f"{MATCH_WITHIN * 1000:.0f}"])
            return connection.execute(QUERIES["names_that_match"], values).fetchall()
    except pg.InvalidRegularExpression as error:
        said = str(error).splitlines()[0].removeprefix("invalid regular expression: ")
        raise BadRequest(f"This is no regular expression: {said}.") from None
    except pg.QueryCanceled:
        raise BadRequest(f"This regular expression takes longer than {MATCH_WITHIN:g} s: make it simpler.") from None


def _known_suites(connection: Connection, runs: list[int]) -> set[str]:
    return {row["longname"] for row in connection.execute(QUERIES["suites_of_runs"], {"runs": runs}).fetchall()}


def _rows(
    connection: Connection, filters: RunFilter, chosen: Sequence[str], pattern: str | None, folder: str, columns: int
) -> Rows:
    runs, numbers = _columns(connection, filters, chosen, columns)
    rows = connection.execute(QUERIES["tests_by_runs"], {"runs": numbers}).fetchall()
    rows = [row for row in _named(connection, rows, pattern) if folders.is_below(row["test"].longname, folder)]
    known = _known_suites(connection, numbers)
    deepest = folders.deepest({row["test"].parent for row in rows}, folder, known)
    return Rows(runs, numbers, deepest, known, rows)


def _by_folder(found: Rows) -> dict[str, list[Row]]:
    """The tests in each folder of the folder, by its name."""
    inside: dict[str, list[Row]] = {}
    for row in found.tests:
        name = folders.child(row["test"].parent, found.folder, found.known)
        if name:
            inside.setdefault(name, []).append(row)
    return dict(sorted(inside.items()))


def _named_folder(name: str, tests: list[Row]) -> Row:
    return {
        "longname": name,
        "tests": len(tests),
        "failing": sum(cells.is_failing(row["cells"]) for row in tests),
    }


def _with_results(connection: Connection, found: Rows) -> list[Row]:
    """The folders of the folder: `{longname, tests, failing, total, failed, passed, seconds}`, the last four by run."""
    inside = _by_folder(found)
    told = [_named_folder(name, tests) | _nothing(len(found.runs)) for name, tests in inside.items()]
    numbered = [(test, no) for no, rows in enumerate(inside.values()) for row in rows for test in row["tests"]]
    values = {"runs": found.numbers, "tests": [test for test, _ in numbered], "folders": [no for _, no in numbered]}
    for row in connection.execute(QUERIES["folders_by_runs"], values).fetchall() if numbered else ():
        for name in ("total", "failed", "passed", "seconds"):
            told[row["folder"]][name][row["place"] - 1] = row[name]
    return told


def _nothing(runs: int) -> Row:
    lists: Row = {member: [0] * runs for member in ("total", "failed", "passed")}
    return {**lists, "seconds": [0.0] * runs}


def _sort(rows: list[Row], sort: Sort, runs: int) -> None:
    """By name they are already."""
    if sort == "failing":
        rows.sort(key=lambda row: (not (row["failed"] and cells.is_failing(row["cells"])), -row["failed"]))
    elif sort == "flips":
        rows.sort(key=lambda row: -_flips(row, runs))
    elif sort == "slow":
        rows.sort(key=lambda row: -row["seconds"])


def _flips(row: Row, runs: int) -> int:
    return cells.flips(cells.letters(row["cells"], runs)) if row["failed"] and row["passed"] else 0


def _shown(row: Row, runs: int) -> Row:
    test, told = row["test"], cells.letters(row["cells"], runs)
    counts = {name: row[name] for name in ("failed", "passed", "seconds")}
    return {"longname": test.longname, "name": test.name, "cells": told, "flips": cells.flips(told), **counts}


def columns_of(row: Row, runs: Iterable[Row]) -> list[str]:
    """Words for the cells of a test, a cell each run, for a table."""
    words = dict(zip(cells.LETTERS, ("PASS", "FAIL", "SKIP", "NOT RUN", "expected FAIL", "PASS, retried"), strict=True))
    return [words.get(letter, "") for letter, _ in zip(row["cells"], runs, strict=True)]
