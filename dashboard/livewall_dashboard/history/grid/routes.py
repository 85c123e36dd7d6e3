"""The grid: for programs, as CSV, and the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template

from livewall_dashboard.access.guard import scope
from livewall_dashboard.history.grid import resources
from livewall_dashboard.history.grid.matrix import Grids, Matrix, columns_of
from livewall_dashboard.history.resources import of
from livewall_dashboard.history.runs.run_list import RunFilter
from livewall_dashboard.web.csv_table import csv_answer, csv_response, csv_table
from livewall_dashboard.web.links import page_of
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response

Row = dict[str, Any]
FOLDERS = ("longname", "tests", "failing", "passed", "failed", "rate", "mean_time")
SETUPS = ("setup", "started_at", "name", "status", "state", "total", "passed", "failed", "skipped", "expected_failures",
          "missing", "elapsed_time", "branch", "commit", "id", "url")  # fmt: skip
COLUMNS = ("longname", "failed", "passed", "flips", "seconds")
MOST = 100_000


def blueprint(grids: Grids) -> Blueprint:
    routes = Blueprint("grid", __name__)

    def read(query: resources.WantedTests, after: str | None, limit: int) -> Matrix:
        wanted = (_filters(query), query.run, query.match, query.folder or "")
        return grids.tests_by_runs(*wanted, query.sort, query.columns, after, limit)

    @routes.get("/api/v1/grid")
    @scope("read")
    @operation(
        "getGrid",
        "Tests by the latest runs of a suite, a letter a result, and the folders that the tests are in.",
        Answer(200, "The runs, the folders, and a page of tests.", resources.Grid),
        errors=(404, 503),
    )
    def grid(query: resources.GridQuery) -> Response:
        found = read(query, query.after, query.limit)
        return json_response(
            resources.Grid(
                found.suite,
                [of(resources.GridRun, row) for row in found.runs],
                found.folder,
                [of(resources.GridFolder, row) for row in found.folders],
                [of(resources.GridTest, row) for row in found.tests],
                found.total,
                found.next,
            )
        )

    @routes.get("/api/v1/grid/folders")
    @scope("read")
    @operation(
        "getGridFolders",
        "How the folders of the grid did in each of its runs: tests, failures, time.",
        Answer(200, "All of them.", resources.GridFolders),
        errors=(404, 503),
    )
    def folders(query: resources.WantedRows) -> Response:
        found = grids.folders_by_runs(_filters(query), query.run, query.match, query.folder or "", query.columns)
        told = [of(resources.FolderByRuns, row) for row in found[1]]
        return json_response(resources.GridFolders(found[0], told, None))

    @routes.get("/api/v1/grid/folders.csv")
    @scope("read")
    @operation(
        "getGridFoldersAsCsv",
        "How they did in all of these runs together, as CSV.",
        csv_answer("folder"),
        errors=(404, 503),
    )
    def folders_as_csv(query: resources.WantedRows) -> Response:
        found = grids.folders_by_runs(_filters(query), query.run, query.match, query.folder or "", query.columns)
        return csv_table("folders.csv", FOLDERS, map(_folder, found[1]))

    @routes.get("/api/v1/grid.csv")
    @scope("read")
    @operation(
        "getGridAsCsv",
        "The same as CSV, all tests, with a column for each run.",
        csv_answer("test"),
        errors=(404, 503),
    )
    def grid_as_csv(query: resources.WantedTests) -> Response:
        found = read(query, None, MOST)
        heads = [f"{run['started_at']:%Y-%m-%d %H:%M} {run['setup']} {run['id']}" for run in found.runs]
        return csv_response("grid.csv", [*COLUMNS, *heads], _lines(found))

    @routes.get("/api/v1/grid/setups")
    @scope("read")
    @operation(
        "getSetupGrid",
        "Setups by their latest runs.",
        Answer(200, "All of them.", resources.SetupGrid),
        errors=(503,),
    )
    def setups(query: resources.SetupGridQuery) -> Response:
        found = grids.setups_by_runs(query.setup, query.suite, query.branch, query.columns)
        rows = [resources.SetupRow(row["setup"], [of(resources.GridRun, run) for run in row["runs"]]) for row in found]
        return json_response(resources.SetupGrid(rows, None))

    @routes.get("/api/v1/grid/setups.csv")
    @scope("read")
    @operation(
        "getSetupGridAsCsv",
        "The same as CSV.",
        csv_answer("run"),
        errors=(503,),
    )
    def setups_as_csv(query: resources.SetupGridQuery) -> Response:
        found = grids.setups_by_runs(query.setup, query.suite, query.branch, query.columns)
        runs = ({**run, **run["counts"], "url": page_of(run["id"])} for row in found for run in reversed(row["runs"]))
        return csv_table("setups.csv", SETUPS, runs)

    @routes.get("/history/grid")
    @scope("read")
    def page() -> str:
        return render_template("history/grid.html", page="grid")

    return routes


def _filters(query: resources.WantedRows) -> RunFilter:
    return RunFilter(suite=query.suite, setup=query.setup, branch=query.branch, label=query.label, until=query.until)


def _folder(row: Row) -> Row:
    """What its runs come to: the rate of what passed or failed, and the mean time of the runs that have any of it."""
    passed, failed = sum(row["passed"]), sum(row["failed"])
    ran = [seconds for seconds, total in zip(row["seconds"], row["total"], strict=True) if total]
    rate = round(passed / (passed + failed), 4) if passed + failed else None
    mean = round(sum(ran) / len(ran), 3) if ran else None
    return {**row, "passed": passed, "failed": failed, "rate": rate, "mean_time": mean}


def _lines(found: Matrix) -> Iterator[list[object]]:
    for row in found.tests:
        yield [*(row[name] for name in COLUMNS), *columns_of(row, found.runs)]
