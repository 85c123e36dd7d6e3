"""The read API: parse, authorize, call the store, encode."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec
from flask import Blueprint, Response

from livewall_dashboard.access.guard import scope
from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.history import resources
from livewall_dashboard.history.resources import of
from livewall_dashboard.history.store import Store
from livewall_dashboard.web.links import address_of, log_of
from livewall_dashboard.web.parameters import limit_of, parameters, required

RUNS = 50
ROWS = 100
SETUPS = 50


class Wall(Protocol):
    """Who knows what the screens show."""

    def snapshot(self) -> dict[str, Any]: ...


def blueprint(store: Store, wall: Wall) -> Blueprint:
    routes = Blueprint("api", __name__, url_prefix="/api/v1")

    @routes.get("/live")
    @scope("read")
    def live() -> Response:
        setup = parameters("setup").get("setup")
        snapshot = wall.snapshot()
        if setup is not None:
            snapshot["setups"] = [tile for tile in snapshot["setups"] if tile["setup"] == setup]
        return _json(snapshot)

    @routes.get("/runs")
    @scope("read")
    def runs() -> Response:
        given = parameters("setup", "state", "status", "branch", "commit", "before", limit=RUNS)
        rows, following = store.runs(
            setup=given.get("setup"),
            state=given.get("state"),
            status=given.get("status"),
            branch=given.get("branch"),
            commit=given.get("commit"),
            before=given.get("before"),
            limit=limit_of(given, RUNS),
        )
        return _json(resources.RunList([of(resources.Run, row) for row in rows], following))

    @routes.get("/runs/<run_id>")
    @scope("read")
    def run(run_id: str) -> Response:
        parameters()
        return _json(_run_detail(store, _run_key(run_id)))

    @routes.get("/runs/<run_id>/suites")
    @scope("read")
    def suites(run_id: str) -> Response:
        given = parameters("after", limit=ROWS)
        rows, following = store.suites(_run_key(run_id), after=given.get("after"), limit=limit_of(given, ROWS))
        return _json(resources.SuiteList([of(resources.Suite, row) for row in rows], following))

    @routes.get("/runs/<run_id>/tests")
    @scope("read")
    def tests(run_id: str) -> Response:
        given = parameters("status", "tag", "q", "suite", "process", "after", limit=ROWS)
        rows, following = store.tests(
            _run_key(run_id),
            status=given.get("status"),
            tag=given.get("tag"),
            q=given.get("q"),
            suite=given.get("suite"),
            process=given.get("process"),
            after=given.get("after"),
            limit=limit_of(given, ROWS),
        )
        return _json(resources.TestList([of(resources.Test, row) for row in rows], following))

    @routes.get("/tests/history")
    @scope("read")
    def test_history() -> Response:
        given = parameters("longname", "setup", "branch", "after", limit=ROWS)
        longname = required(given, "longname")
        rows, following = store.test_history(
            longname,
            setup=given.get("setup"),
            branch=given.get("branch"),
            after=given.get("after"),
            limit=limit_of(given, ROWS),
        )
        return _json(resources.TestHistory(longname, [of(resources.TestOfRun, row) for row in rows], following))

    @routes.get("/tests/setups")
    @scope("read")
    def setups_of_test() -> Response:
        given = parameters("longname", "setup", "branch", "after", limit=SETUPS)
        longname = required(given, "longname")
        found = store.setups_of_test(
            longname,
            setup=given.get("setup"),
            branch=given.get("branch"),
            after=given.get("after"),
            limit=limit_of(given, SETUPS),
        )
        setups = [
            of(resources.SetupOfTest, {**row, "history": [of(resources.TestOfRun, each) for each in row["history"]]})
            for row in found.setups
        ]
        return _json(resources.SetupsOfTest(longname, resources.Counts(**found.counts), setups, found.next))

    @routes.get("/setups")
    @scope("read")
    def setups() -> Response:
        parameters()
        return _json(resources.SetupList(_setups(store, wall), None))

    return routes


def _run_key(run_id: str) -> str:
    if "\0" in run_id:
        raise NotFound("There is no such run.")
    return run_id


def _run_detail(store: Store, key: str) -> resources.RunDetail:
    row = store.run(key)
    artifacts = [{**artifact, "url": address_of(key, artifact["name"])} for artifact in store.artifacts(key)]
    processes = [{**process, "counts": process} for process in row["process_list"]]
    return of(
        resources.RunDetail,
        {
            **row,
            "log": log_of(artifacts),
            "artifacts": [of(resources.ArtifactLink, artifact) for artifact in artifacts],
            "process_list": [of(resources.Process, process) for process in processes],
            "tags": store.run_tags(key),
        },
    )


def _setups(store: Store, wall: Wall) -> list[resources.Setup]:
    """Those of the wall in its order, then those that only the history knows."""
    known = {row["name"]: row for row in store.setups()}
    groups = {tile["setup"]: tile["group"] for tile in wall.snapshot()["setups"]}
    names = [*groups, *(name for name in known if name not in groups)]
    return [of(resources.Setup, {**known.get(name, {}), "name": name, "group": groups.get(name)}) for name in names]


def _json(body: object) -> Response:
    response = Response(msgspec.json.encode(body), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
