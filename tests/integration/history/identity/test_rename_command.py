"""`livewall rename`, and the same over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from livewall_dashboard.app import Dashboard
from livewall_dashboard.cli import cli
from support.reporter import BEGAN, Reporter, T
from support.walls import thread_of

Rename = Callable[..., Result]
Ran = Callable[..., str]
MINUTES = count()


@pytest.fixture
def rename(database_url: str, tmp_path: Path) -> Rename:
    def run(*words: str, code: int = 0) -> Result:
        wall = ["--database-url", database_url, "--data", str(tmp_path)]
        done = CliRunner().invoke(cli, ["rename", *wall, *words])
        assert done.exit_code == code, done.output
        return done

    return run


@pytest.fixture
def ran(app: Dashboard, reporter: Reporter) -> Ran:
    """A run of one suite from a file of its own, looked at."""

    def run(suite: str, *tests: str, **info: Any) -> str:
        at = BEGAN + timedelta(minutes=next(MINUTES))
        key = reporter.run([T(test) for test in tests], suite=suite, clock=at, **info)
        thread_of(app, "identities of tests")._work()
        return key

    return run


@pytest.fixture
def names(client: FlaskClient) -> Callable[[str], Sequence[str]]:
    def read(longname: str) -> Sequence[str]:
        page: Any = client.get("/api/v1/tests/history", query_string={"longname": longname}).json
        found = {row["longname"] for row in page["history"]}
        assert found - {longname} == {each["longname"] for each in page["names"]}
        return sorted(found)

    return read


Names = Callable[[str], Sequence[str]]


def test_a_suite_takes_its_tests_along_and_gives_them_back(ran: Ran, rename: Rename, names: Names) -> None:
    ran("A.Old", "One", "Two")
    ran("A.New", "One", "Three")
    would = rename("A.Old", "A.New", "--dry-run").output
    assert would.startswith("A.Old would be A.New: 2 tests with results under the old name, 1 of them with results")
    assert names("A.Old.One") == ["A.Old.One"]
    assert "A.Old is A.New: 2 tests" in rename("A.Old", "A.New").output
    assert names("A.Old.One") == names("A.New.One") == ["A.New.One", "A.Old.One"]
    assert names("A.New.Two") == ["A.Old.Two"], "nothing ran under that name yet"
    ran("A.New", "Two")
    ran("A.Old", "Three", "Four")
    assert names("A.New.Two") == ["A.New.Two", "A.Old.Two"]
    assert names("A.New.Three") == ["A.New.Three", "A.Old.Three"]
    assert rename("--list").output.startswith("A.Old -> A.New (suite, renamed ")
    assert "A.New and A.Old" not in rename("--undo", "A.New", "A.Old").output
    assert [names(f"A.New.{test}") for test in ("One", "Two", "Three", "Four")] == [
        ["A.New.One"], ["A.New.Two"], ["A.New.Three"], [],
    ]  # fmt: skip
    assert rename("--list").output == "Nothing is joined.\n"
    rename("A.Old", "A.New")
    assert names("A.Old.One") == ["A.New.One", "A.Old.One"], "once more, after all"


def test_a_test_that_was_renamed(ran: Ran, rename: Rename, names: Names) -> None:
    ran("S", "Log. In", "Other")
    told = json.loads(rename("S.Log. In", "S.Sign in. Now", "--json").output)
    assert told == {"kind": "test", "old": "S.Log. In", "new": "S.Sign in. Now", "tests": 1, "joined": 0}
    assert names("S.Sign in. Now") == ["S.Log. In"]
    rename("--undo", "S.Log. In", "S.Sign in. Now")
    ran("S", "Sign in. Now")
    rename("S.Log. In", "S.Sign in. Now")
    assert names("S.Sign in. Now") == ["S.Log. In", "S.Sign in. Now"]
    assert names("S.Other") == ["S.Other"]


def test_renamed_twice_is_one_by_way_of_the_name_between(ran: Ran, rename: Rename, names: Names) -> None:
    ran("A", "One")
    ran("C", "One")
    rename("A", "B")
    rename("B", "C", code=1)  # nothing ran as B
    rename("C", "B")
    assert names("A.One") == names("B.One") == ["A.One", "C.One"]
    rename("--undo", "A", "B")
    assert names("B.One") == ["C.One"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("A.Odl", "A.New"), "Nothing ran as 'A.Odl'; there is 'A.Old'"),
        (("--test", "A.Old", "X"), "No test ran as 'A.Old'; there is 'A.Old'"),
        (("--suite", "A.Old.One", "X"), "Nothing ran as 'A.Old.One', which is a test"),
        (("A.Old", "A.Old"), "is the same name twice"),
        (("A.Old", "A.Old.One"), "'A.Old' is a suite and 'A.Old.One' a test"),
        (("A.Old.One", "A.New"), "'A.Old.One' is a test and 'A.New' a suite"),
        (("A.Old", " "), "it is not empty"),
        (("A.Old",), "And the new name of 'A.Old'?"),
        ((), "livewall rename OLD NEW"),
        (("--list", "A.Old"), "livewall rename OLD NEW"),
        (("--undo", "A.Old", "A.New"), "Nothing has joined 'A.Old' with 'A.New'"),
        (("A.Both", "A.New"), "is a test and a suite: say which by --test or --suite"),
    ],
)
def test_what_cannot_be_meant_is_said(ran: Ran, rename: Rename, words: Sequence[str], said: str) -> None:
    ran("A.Old", "One")
    ran("A.New", "Two")
    ran("A", "Both")
    ran("A.Both", "x")
    done = rename(*words, code=2 if not words or "--list" in words or len(words) == 1 else 1)
    assert said in done.output
    assert rename("--list").output == "Nothing is joined.\n"


def test_what_ran_in_one_run_is_two(ran: Ran, reporter: Reporter, rename: Rename, names: Names, app: Dashboard) -> None:
    ran("A", "One")
    key = ran("B", "Two")
    process = reporter.process(key, name="1")
    process.start_suite("s1", "A", total=1, test_count=1)
    process.send(process.test("s1", "A", 1, T("Two")))
    process.end_suite("s1")
    process.end()
    done = rename("A", "B", code=1)
    assert f"'A' and 'B' are two: the run {key} has results of both" in done.output
    assert names("A.One") == ["A.One"]
    assert rename("--list").output == "Nothing is joined.\n"


def test_what_is_stored_later_makes_a_renaming_doubtful(
    ran: Ran, reporter: Reporter, rename: Rename, app: Dashboard, names: Names
) -> None:
    ran("A", "One")
    key = ran("B", "One")
    rename("A", "B")
    process = reporter.process(key, name="1")
    process.start_suite("s1", "A", total=1, test_count=1)
    process.send(process.test("s1", "A", 1, T("One")))
    process.end_suite("s1")
    process.end()
    thread_of(app, "identities of tests")._work()
    assert f"doubtful: the run {key} has results of both" in rename("--list").output
    assert names("A.One") == ["A.One", "B.One"], "somebody wanted it"


def test_one_circle_is_enough(ran: Ran, rename: Rename) -> None:
    for suite in "ABC":
        ran(suite, "One")
    rename("A", "B")
    rename("B", "C")
    assert "They are one already: A = B." in rename("A", "B", code=1).output
    assert "They are one already: B = A." in rename("B", "A", code=1).output
    assert "They are one already: C = B = A." in rename("C", "A", code=1).output


def test_a_file_s_joining_is_undone_for_good(
    ran: Ran, rename: Rename, names: Names, reporter: Reporter, app: Dashboard
) -> None:
    def whole() -> None:
        process = reporter.process(host="n1")
        process.start_suite("s1", "Tests", source="/w/tests")
        process.start_suite("s1-s1", "Tests.Login", source="/w/tests/login.robot")
        process.send(process.test("s1-s1", "Tests.Login", 1, T("One")))
        process.end_suite("s1-s1")
        process.end_suite("s1")
        process.end()
        process = reporter.process(host="n1")
        process.start_suite("s1", "Login", source="/w/tests/login.robot")
        process.send(process.test("s1", "Login", 1, T("One")))
        process.end_suite("s1")
        process.end()
        thread_of(app, "identities of tests")._work()

    whole()
    assert names("Login.One") == ["Login.One", "Tests.Login.One"]
    assert rename("--list").output.startswith("Login = Tests.Login (one file since ")
    assert "undo that of the suites" in rename("--undo", "Login.One", "Tests.Login.One", code=1).output
    rename("--undo", "Login", "Tests.Login", "--dry-run")
    assert names("Login.One") == ["Login.One", "Tests.Login.One"]
    assert (
        "Apart, each with a history of its own: Login, Tests.Login." in rename("--undo", "Login", "Tests.Login").output
    )
    assert names("Login.One") == ["Login.One"]
    whole()
    assert names("Login.One") == ["Login.One"], "and stays so"
    rename("Login", "Tests.Login")
    assert names("Login.One") == ["Login.One", "Tests.Login.One"], "what a person says counts more"


def test_over_http(ran: Ran, client: FlaskClient, names: Names) -> None:
    ran("A", "One")
    ran("B", "One")
    body = {"old": "A", "new": "B"}
    crumb = {"X-Livewall-Crumb": client.get("/api/v1/crumb").json["crumb"]}  # type: ignore[index]

    def post(path: str, body: Mapping[str, object]) -> TestResponse:
        return client.post(f"/api/v1/{path}", json=body, headers=crumb)

    assert post("renames", {**body, "dry_run": True}).json["joined"] == 1  # type: ignore[index]
    assert names("A.One") == ["A.One"]
    assert post("renames", body).status_code == 200
    assert names("A.One") == ["A.One", "B.One"]
    again = post("renames", body)
    assert (again.status_code, again.json["error"]["code"]) == (409, "conflict")  # type: ignore[index]
    assert post("renames", {"old": "Z", "new": "B"}).status_code == 404
    assert post("renames", {"old": "Z", "new": ""}).status_code == 400
    listed: Any = client.get("/api/v1/renames").json
    assert [(one["old"], one["new"], one["doubted_by"]) for one in listed["renames"]] == [("A", "B", None)]
    assert post("renames/undo", body).json["by"] == "rename"  # type: ignore[index]
    assert post("renames/undo", body).status_code == 404
    assert names("A.One") == ["A.One"]


def test_paths_that_were_uploaded_are_renamed_by_folders(
    app: Dashboard, reporter: Reporter, rename: Rename, names: Names
) -> None:
    def upload(*longnames: str) -> None:
        process = reporter.process()
        process.start_suite("s1", "layout-tests")
        tests = [process.test("s1", "", number, T(name.rpartition("/")[2])) for number, name in enumerate(longnames, 1)]
        process.send(*(replace(test, longname=name) for test, name in zip(tests, longnames, strict=True)))
        process.end_suite("s1")
        process.end()
        thread_of(app, "identities of tests")._work()

    upload("fast/dom/a.html", "fast/dom/sub/b.html", "fast/dom2/c.html", "fast/dom.html")
    upload("fast/tree/a.html")
    assert "2 tests with results under the old name, 1 of them" in rename("fast/dom", "fast/tree").output
    assert names("fast/tree/a.html") == ["fast/dom/a.html", "fast/tree/a.html"]
    upload("fast/tree/sub/b.html", "fast/tree2/c.html", "fast/tree.html")
    assert names("fast/tree/sub/b.html") == ["fast/dom/sub/b.html", "fast/tree/sub/b.html"]
    assert [names(f"fast/tree{rest}") for rest in ("2/c.html", ".html")] == [["fast/tree2/c.html"], ["fast/tree.html"]]
    rename("fast/dom.html", "fast/tree.html")
    assert names("fast/tree.html") == ["fast/dom.html", "fast/tree.html"]
