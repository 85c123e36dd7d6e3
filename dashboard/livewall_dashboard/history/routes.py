"""The history for programs, and the pages that show it."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from flask import Blueprint, Response, render_template
from msgspec.structs import asdict

from livewall_dashboard.access.guard import scope
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.base.feature import RunMembers
from livewall_dashboard.history import resources
from livewall_dashboard.history.parameters import (
    AttemptsQuery,
    RunsFilter,
    RunsQuery,
    SetupsOfTestQuery,
    SuitesQuery,
    TestHistoryQuery,
    TestsQuery,
)
from livewall_dashboard.history.resources import ChosenRunId, RunId, of
from livewall_dashboard.history.runs import runs_csv
from livewall_dashboard.history.store import Store
from livewall_dashboard.web import csv_table
from livewall_dashboard.web.csv_table import csv_answer
from livewall_dashboard.web.links import address_of, log_of
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response

R = TypeVar("R", bound=resources.Run)


class Wall(Protocol):
    """Who knows what the screens show."""

    def snapshot(self) -> dict[str, Any]: ...


def blueprint(store: Store, wall: Wall, members: RunMembers) -> Blueprint:
    routes = Blueprint("api", __name__, url_prefix="/api/v1")

    @routes.get("/runs")
    @scope("read")
    @operation("listRuns", "Runs, the latest first.", Answer(200, "A page of runs.", resources.RunList), errors=(503,))
    def runs(query: RunsQuery) -> Response:
        rows, following = store.runs(**asdict(query))
        return json_response(resources.RunList([_run(resources.Run, row) for row in rows], following))

    @routes.get("/runs.csv")
    @scope("read")
    @operation(
        "listRunsAsCsv",
        f"The same as CSV, all up to {csv_table.MOST}. What a spreadsheet would take for a formula begins with '.",
        csv_answer("run"),
        errors=(503,),
    )
    def runs_as_csv(query: RunsFilter) -> Response:
        rows = csv_table.pages_of(lambda before, limit: store.runs(**asdict(query), before=before, limit=limit))
        return csv_table.csv_table("runs.csv", runs_csv.COLUMNS, map(runs_csv.row_of, rows))

    @routes.get("/runs/<run_id>")
    @scope("read")
    @operation(
        "getRun",
        "One run with its processes, tags and files.",
        Answer(200, "The run.", resources.RunDetail),
        errors=(404, 503),
    )
    def run(run_id: ChosenRunId) -> Response:
        return json_response(_run_detail(store, members, run_key(run_id)))

    @routes.get("/runs/<run_id>/suites")
    @scope("read")
    @operation(
        "listSuites",
        "Suites of a run in the order they started.",
        Answer(200, "A page of suites.", resources.SuiteList),
        errors=(404, 503),
    )
    def suites(run_id: RunId, query: SuitesQuery) -> Response:
        rows, following = store.suites(run_key(run_id), **asdict(query))
        return json_response(resources.SuiteList([of(resources.Suite, row) for row in rows], following))

    @routes.get("/runs/<run_id>/tests")
    @scope("read")
    @operation(
        "listTests",
        "Tests of a run in the order they ended.",
        Answer(200, "A page of tests.", resources.TestList),
        errors=(404, 503),
    )
    def tests(run_id: RunId, query: TestsQuery) -> Response:
        rows, following = store.tests(run_key(run_id), **asdict(query))
        return json_response(resources.TestList([of(resources.Test, row) for row in rows], following))

    @routes.get("/runs/<run_id>/attempts")
    @scope("read")
    @operation(
        "listAttempts",
        "Attempts of the tests of a run that were tried several times.",
        Answer(200, "A page of attempts.", resources.AttemptList),
        errors=(404, 503),
    )
    def attempts(run_id: RunId, query: AttemptsQuery) -> Response:
        rows, following = store.attempts(run_key(run_id), **asdict(query))
        return json_response(resources.AttemptList([of(resources.Attempt, row) for row in rows], following))

    @routes.get("/tests/history")
    @scope("read")
    @operation(
        "getTestHistory",
        "One test over runs, the latest first by when they started, their commit, or a label. `limit` counts runs.",
        Answer(200, "Its results.", resources.TestHistory),
        errors=(503,),
    )
    def test_history(query: TestHistoryQuery) -> Response:
        rows, following = store.test_history(**asdict(query))
        history = [_test_of_run(row) for row in rows]
        names = [of(resources.TestName, row) for row in store.names_of_test(query.longname)]
        return json_response(resources.TestHistory(query.longname, names, history, following))

    @routes.get("/tests/setups")
    @scope("read")
    @operation(
        "listSetupsOfTest",
        "The setups that a test ran on, that with the latest run first: all counts, the results of 40 runs.",
        Answer(200, "A page of setups.", resources.SetupsOfTest),
        errors=(503,),
    )
    def setups_of_test(query: SetupsOfTestQuery) -> Response:
        found = store.setups_of_test(**asdict(query))
        setups = [
            of(resources.SetupOfTest, {**row, "history": [of(resources.TestOfRun, each) for each in row["history"]]})
            for row in found.setups
        ]
        counts = resources.Counts(**found.counts)
        return json_response(resources.SetupsOfTest(query.longname, counts, setups, found.next))

    @routes.get("/labels")
    @scope("read")
    @operation(
        "listLabels",
        "Labels of the latest 10,000 runs.",
        Answer(200, "All of them.", resources.LabelList),
        errors=(503,),
    )
    def labels() -> Response:
        return json_response(resources.LabelList([of(resources.Label, row) for row in store.labels()], None))

    @routes.get("/setups")
    @scope("read")
    @operation(
        "listSetups",
        "Setups, configured or heard of.",
        Answer(200, "All of them.", resources.SetupList),
        errors=(503,),
    )
    def setups() -> Response:
        return json_response(resources.SetupList(_setups(store, wall), None))

    return routes


def pages() -> Blueprint:
    routes = Blueprint("pages", __name__)

    @routes.get("/runs")
    @scope("read")
    def runs() -> str:
        return render_template("history/runs.html", page="runs")

    @routes.get("/runs/<run_id>")
    @scope("read")
    def run(run_id: str) -> str:
        return render_template("history/run.html", page="run", run_id=run_id)

    @routes.get("/tests")
    @scope("read")
    def test() -> str:
        return render_template("history/test-history.html", page="test")

    return routes


def run_key(run_id: str) -> str:
    if "\0" in run_id:
        raise NotFound("There is no such run.")
    return run_id


def _run(kind: type[R], row: dict[str, Any]) -> R:
    return of(kind, {**row, "commits": [of(resources.Commit, commit) for commit in row["commits"]]})


def _run_detail(store: Store, members: RunMembers, key: str) -> resources.RunDetail:
    row = store.run(key)
    artifacts = [{**artifact, "url": address_of(key, artifact["name"])} for artifact in store.artifacts(key)]
    processes = [{**process, "counts": process} for process in row["process_list"]]
    return _run(
        resources.RunDetail,
        {
            **row,
            **{name: find(key) for name, find in members.items()},
            "log": log_of(artifacts),
            "pin": row["pin"] and of(resources.Pin, row["pin"]),
            "artifacts": [of(resources.ArtifactLink, artifact) for artifact in artifacts],
            "process_list": [of(resources.Process, process) for process in processes],
            "tags": store.run_tags(key),
        },
    )


def _test_of_run(row: dict[str, Any]) -> resources.TestOfRun:
    commit = row.get("repository_commit")
    return of(resources.TestOfRun, {**row, "repository_commit": commit and of(resources.Commit, commit)})


def _setups(store: Store, wall: Wall) -> list[resources.Setup]:
    """Those of the wall in its order, then those that only the history knows."""
    known = {row["name"]: row for row in store.setups()}
    groups = {tile["setup"]: tile["group"] for tile in wall.snapshot()["setups"]}
    names = [*groups, *(name for name in known if name not in groups)]
    return [of(resources.Setup, {**known.get(name, {}), "name": name, "group": groups.get(name)}) for name in names]
