"""What is in a folder of tests: how each of its suites and tests did, run by run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.results import folders
from livewall_dashboard.history.results.folders import Named
from livewall_dashboard.history.timeline import model

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
Part = tuple[str, str, model.PartKind]
"""Longname, name, and what it is."""

MOST_RESULTS = 300_000
"""Of runs, that are looked through."""
MOST_POINTS = 20_000


@dataclass(frozen=True, slots=True)
class Parts:
    """`folder`: the one they are in. `rows`: one for each run and part, in the order of the runs. `is_cut`: there were
    more runs than can be told. `not_drawn`: parts of the newest run beyond those that can be told of one run.
    """

    folder: str
    parts: list[model.FolderPart]
    rows: list[Row]
    is_cut: bool
    not_drawn: int = 0


NONE = Parts("", [], [], is_cut=False)


def read(connection: Connection, runs: Sequence[Row], folder: str, *, is_split: bool) -> Parts:
    """`runs`: the latest first. Split, a folder is its suites and tests; while these are one suite, those in that."""
    within = list(_within(runs))
    numbers = [run["id"] for run in within]
    tests = _tests(connection, numbers, folder)
    if is_split:
        folder, part_of = _split(connection, numbers, tests, folder)
    else:
        part_of = dict.fromkeys(tests, (folder, folder, "suite"))
    parts = sorted(set(part_of.values()))
    places = {part: place for place, part in enumerate(parts)}
    values = {"runs": numbers, "tests": list(part_of), "parts": [places[part] for part in part_of.values()]}
    rows = connection.execute(QUERIES["parts_in_runs"], values).fetchall()
    shown, not_drawn = _whole_runs(rows)
    if not_drawn:
        parts = parts[: shown[-1]["part"] + 1]
    has_older = bool(rows) and shown[-1]["run_id"] != rows[-1]["run_id"]
    is_cut = len(within) < len(runs) or has_older
    return Parts(folder, [model.FolderPart(*part) for part in parts], shown, is_cut, not_drawn)


def _within(runs: Sequence[Row]) -> Iterator[Row]:
    """As many of the latest as are looked through; one is in any case."""
    results = 0
    for run in runs:
        if results and results + run["total"] > MOST_RESULTS:
            return
        results += run["total"]
        yield run


def _tests(connection: Connection, runs: list[int], folder: str) -> dict[int, Named]:
    values = {"runs": runs, "folder": folder}
    found = connection.execute(QUERIES["tests_in_folder" if folder else "tests_of_runs"], values).fetchall()
    return {row["id"]: Named(row["longname"], row["name"]) for row in found}


def _split(
    connection: Connection, runs: list[int], tests: dict[int, Named], folder: str
) -> tuple[str, dict[int, Part]]:
    """The folder whose parts they are, and of each test the part that it is in or is."""
    known = {row["longname"] for row in connection.execute(QUERIES["suites_of_runs"], {"runs": runs}).fetchall()}
    folder = folders.deepest({test.parent for test in tests.values()}, folder, known)
    return folder, {number: _part(test, folder, known) for number, test in tests.items()}


def _part(test: Named, folder: str, known: set[str]) -> Part:
    suite = folders.child(test.parent, folder, known)
    return (suite, suite[len(folder) + bool(folder) :], "suite") if suite else (test.longname, test.name, "test")


def _whole_runs(rows: list[Row]) -> tuple[list[Row], int]:
    """The rows of as many runs as fit; of the newest where not even that does the first, and how many it has beyond."""
    if len(rows) <= MOST_POINTS:
        return rows, 0
    first_left = rows[MOST_POINTS]["run_id"]
    whole = [row for row in rows[:MOST_POINTS] if row["run_id"] != first_left]
    if whole:
        return whole, 0
    return rows[:MOST_POINTS], sum(row["run_id"] == first_left for row in rows[MOST_POINTS:])
