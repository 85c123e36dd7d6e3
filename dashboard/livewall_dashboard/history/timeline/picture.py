"""Reads a timeline: the latest runs of each setup, and in them the results of one test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.history.commits import commit_list
from livewall_dashboard.history.queries import QUERIES
from livewall_dashboard.history.results.expectation import CountsAs
from livewall_dashboard.history.runs import run_list, test_history
from livewall_dashboard.history.runs.run_list import RunFilter
from livewall_dashboard.history.timeline import model, parts
from livewall_dashboard.history.timeline.columns import Places
from livewall_dashboard.web.values import time_text

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

MOST_RUNS = 20_000
"""That are looked at, and drawn, at once."""
BROKEN_SHARE = 0.8
BROKEN_TESTS = 10
"""A run in which more fail than this share of at least so many tests tells of its rig."""

_OUTCOMES = {
    CountsAs.PASSED: "p",
    CountsAs.FAILED: "f",
    CountsAs.SKIPPED: "s",
    CountsAs.NOT_RUN: "n",
    CountsAs.EXPECTED_FAILURE: "e",
}
_STATUSES = {"PASS": "p", "FAIL": "f", "SKIP": "s", None: "i"}
_STATES = {"running": "r", "abandoned": "a"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the runs is told: a test, a folder of tests ("": all), as one or its parts apart; else they as a whole.

    Raises BadRequest.
    """

    longname: str | None = None
    folder: str = ""
    is_split: bool = False

    def __post_init__(self) -> None:
        if self.longname is not None and self.is_of_folder:
            raise BadRequest("A test has no parts: longname goes without folder and parts.")

    @property
    def is_of_folder(self) -> bool:
        return bool(self.folder) or self.is_split


def read(connection: Connection, chosen: Chosen, wanted: RunFilter, limit: int) -> model.Timeline:
    """Of each setup its `limit` latest runs with the test, or of all. Raises BadRequest."""
    tests = None if chosen.longname is None else test_history.tests_of(connection, [chosen.longname])
    found, is_cut = _latest(connection, tests, wanted, limit)
    ids = [row["id"] for row in found]
    runs = connection.execute(QUERIES["runs_of_timeline"], {"ids": ids}).fetchall()
    results, inside = None, parts.NONE
    if tests is not None:
        values = {"ids": ids, "tests": tests, "first": min(ids, default=0), "last": max(ids, default=0)}
        results = connection.execute(QUERIES["results_of_timeline"], values).fetchall()
    elif chosen.is_of_folder:
        inside = parts.read(connection, runs, chosen.folder, is_split=chosen.is_split)
    if tests is not None or chosen.is_of_folder:
        # A run of superseded results alone has none to show.
        ran = {row["run_id"] for row in (inside.rows if results is None else results)}
        runs = [run for run in runs if run["id"] in ran]
    setups = _named(connection, "setup_names", "name", {row["setup_id"] for row in found})
    not_drawn = {row["setup_id"]: row["found"] - limit for row in found if row["found"] > limit}
    picture = _Picture(runs, _linked(connection, [run["id"] for run in runs]))
    configurations = picture.configurations.values
    labels = _named(connection, "configurations", "labels", configurations)
    orders = connection.execute(QUERIES["values_in_order"], [configurations]).fetchall()
    return model.Timeline(
        setups=[setups[number] for number in picture.setups.values],
        suites=picture.suites.values,
        branches=picture.branches.values,
        configurations=[labels[number] for number in configurations],
        labels=[model.LabelOrder(row["name"], row["values"]) for row in orders],
        commits=picture.commits,
        commit_sets=[list(each) for each in picture.commit_sets.values],
        revisions=picture.revisions.values,
        runs=picture.runs,
        points=picture.points(results, inside if chosen.is_of_folder else None),
        tests=[model.TestPlace(*each) for each in picture.tests.values],
        not_drawn=[model.NotDrawn(setups[number], count) for number, count in not_drawn.items()],
        is_cut=is_cut or inside.is_cut,
        folder=inside.folder,
        parts=inside.parts,
        parts_not_drawn=inside.not_drawn,
    )


def _latest(
    connection: Connection, tests: Sequence[int] | None, wanted: RunFilter, limit: int
) -> tuple[list[Row], bool]:
    """Which runs, the latest first; and whether there may be older ones that were not looked at."""
    conditions, values = run_list.conditions_of(wanted)
    every = QUERIES["candidates_of_all"].format(conditions=conditions)
    candidates = every if tests is None else QUERIES["candidates_of_test"]
    query = QUERIES["latest_of_each_setup"].format(candidates=candidates, conditions=conditions)
    values |= {"tests": list(tests or ()), "limit": limit, "most": MOST_RUNS}
    found = connection.execute(query, values).fetchall()
    looked_at = sum({row["setup_id"]: row["found"] for row in found}.values())
    return found, looked_at >= MOST_RUNS


def _named(connection: Connection, query: str, name: str, ids: Any) -> dict[int, Any]:
    return {row["id"]: row[name] for row in connection.execute(QUERIES[query], [list(ids)]).fetchall()}


def _linked(connection: Connection, ids: list[int]) -> dict[int, list[Row]]:
    return commit_list.of_each_run(connection, ids) if ids else {}


class _Picture:
    """Runs in columns, and the points that are in them."""

    def __init__(self, runs: list[Row], linked: dict[int, list[Row]]):
        self._rows = runs
        self.setups, self.configurations = Places[int](), Places[int]()
        self.suites, self.branches, self.revisions = Places[str](), Places[str](), Places[str]()
        self.commit_sets = Places[tuple[int, ...]]()
        self.tests = Places[tuple[str, str]]()
        self._commits = Places[int]()
        known = {row["commit_id"]: row for rows in linked.values() for row in rows}
        sets = [tuple(self._commits.of(row["commit_id"]) for row in linked.get(run["id"], ())) for run in runs]
        self.commits = [_commit(known[number]) for number in self._commits.values]
        self.runs = model.RunColumns(
            id=[run["key"] for run in runs],
            setup=[self.setups.of(run["setup_id"]) for run in runs],
            suite=[self.suites.of(run["suite"]) for run in runs],
            branch=[self.branches.of(run["branch"]) for run in runs],
            configuration=[self.configurations.of(run["configuration_id"]) for run in runs],
            commits=[self.commit_sets.of(each) for each in sets],
            revision=[self.revisions.of(run["revision"]) if run["revision"] else -1 for run in runs],
            started_at=[int(run["started_at"].timestamp()) for run in runs],
            broken=[int(_is_broken(run)) for run in runs],
        )

    def points(self, results: list[Row] | None, inside: parts.Parts | None) -> model.PointColumns:
        """Of results of a test, of parts of a folder, or of the runs themselves."""
        if inside is not None:
            return self.of_parts(inside)
        return self.of_runs() if results is None else self.of_results(results)

    def of_runs(self) -> model.PointColumns:
        rows = self._rows
        return model.PointColumns(
            run=list(range(len(rows))),
            outcome="".join(_STATES.get(run["state"]) or _STATUSES[run["status"]] for run in rows),
            elapsed_time=[_seconds(run["elapsed_time"]) for run in rows],
            failed=[run["failed"] for run in rows],
            total=[max(run["total"], _here(run) + run["missing"]) for run in rows],
            test=[-1] * len(rows),
        )

    def of_parts(self, inside: parts.Parts) -> model.PointColumns:
        places = {run["id"]: place for place, run in enumerate(self._rows)}
        points = [(places[row["run_id"]], inside.parts[row["part"]].kind, row) for row in inside.rows]
        return model.PointColumns(
            run=[place for place, _, _ in points],
            outcome="".join(_outcome_of_part(row, kind, self._rows[place]) for place, kind, row in points),
            elapsed_time=[_seconds(row["elapsed_time"]) for row in inside.rows],
            failed=[row["failed"] for row in inside.rows],
            total=[row["total"] for row in inside.rows],
            test=[-1] * len(points),
            part=[row["part"] for row in inside.rows],
        )

    def of_results(self, rows: list[Row]) -> model.PointColumns:
        places = {run["id"]: place for place, run in enumerate(self._rows)}
        failed = [int(row["counts_as"] in {CountsAs.FAILED, CountsAs.NOT_RUN}) for row in rows]
        return model.PointColumns(
            run=[places[row["run_id"]] for row in rows],
            outcome="".join(map(_outcome, rows)),
            elapsed_time=[_seconds(row["elapsed_time"]) for row in rows],
            failed=failed,
            total=[1] * len(rows),
            test=[self.tests.of((row["process"], row["id"])) for row in rows],
        )


def _outcome(row: Row) -> str:
    if row["status"] == 0 and row["counts_as"] == CountsAs.FAILED:
        return "u"
    if row["failed_before"]:
        return "t"
    return _OUTCOMES[CountsAs(row["counts_as"])]


def _outcome_of_part(row: Row, kind: model.PartKind, run: Row) -> str:
    """A suite of a run that goes on, or that lacks results, may lack some: it has not passed."""
    if row["failed"]:
        return "f"
    if kind == "suite" and (run["state"] in _STATES or run["status"] is None):
        return _STATES.get(run["state"], "i")
    if row["not_run"]:
        return "n"
    if row["is_retried"] and kind == "test":
        return "t"
    return "p" if row["passed"] else "e" if row["expected"] else "s"


def _seconds(elapsed_time: float | None) -> float:
    return -1 if elapsed_time is None else round(max(elapsed_time, 0.0), 3)


def _here(run: Row) -> int:
    return int(run["passed"] + run["failed"] + run["skipped"] + run["expected_failures"])


def _is_broken(run: Row) -> bool:
    return run["failed"] > BROKEN_SHARE * (here := _here(run)) and here >= BROKEN_TESTS


def _commit(row: Row) -> model.TimelineCommit:
    return model.TimelineCommit(
        repository=row["repository"],
        branch=row["branch"],
        hash=row["hash"],
        identifier=row["identifier"],
        uuid=row["uuid"],
        committed_at=time_text(row["committed_at"]),
        author=row["author"]["name"],
        message=row["message"].split("\n", 1)[0][:300],
    )
