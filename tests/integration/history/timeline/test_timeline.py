"""Timelines: of each setup its latest runs, as a whole or for one test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.rows import dict_row

from livewall_dashboard.history.commits.git_clone import GitClone
from livewall_dashboard.history.commits.sync_commits import sync
from livewall_dashboard.history.timeline import parts as timeline_parts
from support.git_repository import GitRepository
from support.reporter import BEGAN, Reporter, T
from support.uploads import commit, upload

pytestmark = pytest.mark.any_python

Look = Callable[..., Any]


@pytest.fixture
def look(client: FlaskClient) -> Look:
    def read(**query: str | int) -> Any:
        reply = client.get("/api/v1/timeline", query_string=query)
        assert reply.status_code == 200, reply.text
        return reply.json

    return read


def points(told: Any) -> list[tuple[str, str]]:
    """Setup and outcome of each point."""
    runs = told["runs"]
    return [
        (told["setups"][runs["setup"][run]], outcome)
        for run, outcome in zip(told["points"]["run"], told["points"]["outcome"], strict=True)
    ]


def report(reporter: Reporter, minute: int, status: str = "PASS", **info: Any) -> str:
    return reporter.run([T("One", status), T("Two")], clock=BEGAN + timedelta(minutes=minute), **info)


def test_each_setup_has_its_latest_runs_and_what_is_left_out_is_told(look: Look, reporter: Reporter) -> None:
    """A rig that failed long ago is there, however often others ran since."""
    old = report(reporter, 0, "FAIL", setup="old")
    for minute in range(1, 6):
        report(reporter, minute, setup="busy")
    told = look(longname="Suite.One", limit=2)
    assert points(told) == [("busy", "p"), ("busy", "p"), ("old", "f")]
    assert told["runs"]["id"][2] == old
    assert (told["not_drawn"], told["is_cut"]) == ([{"setup": "busy", "runs": 3}], False)
    assert look(longname="Suite.One")["not_drawn"] == []
    assert look(longname="Nobody.Ever")["runs"]["id"] == []


def test_runs_as_a_whole_tell_how_many_failed(look: Look, reporter: Reporter) -> None:
    report(reporter, 0, "FAIL")
    report(reporter, 1, suite="Other")
    going_on = report(reporter, 2, ended=False)
    told = look(suite="Suite")
    assert points(told) == [("vm1", "r"), ("vm1", "f")]
    assert told["runs"]["id"][0] == going_on
    assert (told["points"]["failed"], told["points"]["total"]) == ([0, 1], [2, 2])
    assert told["points"]["elapsed_time"] == [-1, 3.0]
    every = look()
    assert [every["suites"][place] for place in every["runs"]["suite"]] == ["Suite", "Other", "Suite"]


def test_a_run_that_lacks_something_is_not_passed(look: Look, reporter: Reporter) -> None:
    process = reporter.process()
    process.start_suite("s1", "Suite", total=2, test_count=2)
    process.send(process.test("s1", "Suite", 1, T("One")))
    process.end_suite("s1")
    process.results["s1-t2"] = ("PASS", "")  # counted, never sent
    process.end()
    told = look(suite="Suite")
    assert (points(told), told["points"]["total"]) == ([("vm1", "i")], [2])


def test_a_broken_rig_is_marked(look: Look, reporter: Reporter) -> None:
    tests = [T(str(number), "FAIL", "No route") for number in range(9)]
    reporter.run([*tests, T("Well")], setup="rig")
    reporter.run([*tests[:8], T("Well"), T("Well, too")], setup="rig", clock=BEGAN + timedelta(minutes=1))
    reporter.run(tests, setup="small", clock=BEGAN + timedelta(minutes=2))  # too few to tell
    assert look()["runs"]["broken"] == [0, 0, 1]


def test_commits_labels_and_filters(look: Look, reporter: Reporter, database_url: str, tmp_path: Path) -> None:
    repository = GitRepository(tmp_path / "app")
    hashes = [repository.commit(f"Change {number}\n\nWhy") for number in range(2)]
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        sync(connection, GitClone(repository.folder), str(repository.folder))
    for minute, version in enumerate(["2.10", "2.9"]):
        labels = {"version": version, "os": "x"}
        report(reporter, minute, labels=labels, commit=hashes[minute], branch="main", repository="app")
    report(reporter, 2, commit="feed", branch="other")
    told = look(longname="Suite.One")
    runs = told["runs"]
    assert [told["revisions"][place] for place in runs["revision"]] == ["feed", hashes[1], hashes[0]]
    sets = [[told["commits"][place]["identifier"] for place in told["commit_sets"][each]] for each in runs["commits"]]
    assert sets == [[], ["2@main"], ["1@main"]]
    assert {each["message"] for each in told["commits"]} == {"Change 0", "Change 1"}
    assert told["labels"] == [{"name": "os", "values": ["x"]}, {"name": "version", "values": ["2.9", "2.10"]}]
    assert len(look(longname="Suite.One", branch="main")["runs"]["id"]) == 2
    assert len(look(longname="Suite.One", label="version=2.9")["runs"]["id"]) == 1
    assert look(longname="Suite.One", suite="Other")["runs"]["id"] == []


def report_house(reporter: Reporter, minute: int, setup: str, roof: str = "PASS", *, is_over: bool = True) -> str:
    """A run of House with House.Door and House.Roof, which has a suite of its own."""
    process = reporter.process(setup=setup, clock=BEGAN + timedelta(minutes=minute))
    process.start_suite("s1", "House", total=4)
    suites = [("s1-s1", "House.Door", T("Open")), ("s1-s2", "House.Roof", T("Hold", roof)),
              ("s1-s2-s1", "House.Roof.Tiles 2.0", T("Dry"))]  # fmt: skip
    for suite_id, suite, test in suites:
        process.start_suite(suite_id, suite, test_count=1)
        process.send(process.test(suite_id, suite, 1, test))
    if is_over:
        process.send(process.test("s1", "House", 1, T("Stand", "SKIP")))
        for suite_id, _, _ in reversed(suites):
            process.end_suite(suite_id)
        process.end_suite("s1")
        process.end()
    return process.run


def parts(told: Any) -> list[tuple[str, str, str, int, int]]:
    """Setup, name of the part, outcome, failed and total of each point."""
    columns, runs = told["points"], told["runs"]
    setups = [told["setups"][runs["setup"][run]] for run in columns["run"]]
    names = [told["parts"][part]["name"] for part in columns["part"]]
    return list(zip(setups, names, columns["outcome"], columns["failed"], columns["total"], strict=True))


def test_a_suite_opens_to_its_suites_and_tests(look: Look, reporter: Reporter) -> None:
    report_house(reporter, 0, "a")
    report_house(reporter, 1, "b", "FAIL")
    reporter.run([T("Other")], suite="Garden", setup="b")
    told = look(suite="House", parts="true")
    assert parts(told) == [
        ("b", "Door", "p", 0, 1), ("b", "Roof", "f", 1, 2), ("b", "Stand", "s", 0, 1),
        ("a", "Door", "p", 0, 1), ("a", "Roof", "p", 0, 2), ("a", "Stand", "s", 0, 1),
    ]  # fmt: skip
    assert [(part["longname"], part["kind"]) for part in told["parts"]][1:] == [
        ("House.Roof", "suite"), ("House.Stand", "test"),
    ]  # fmt: skip
    below = look(suite="House", folder="House.Roof", parts="true", setup="b")
    assert parts(below) == [("b", "Hold", "f", 1, 1), ("b", "Tiles 2.0", "p", 0, 1)]
    whole = look(folder="House.Roof")
    assert [row[2:] for row in parts(whole)] == [("f", 1, 2), ("p", 0, 2)], "Garden has none of it"
    assert parts(look(folder="House.Roo")) == []
    every = look(parts="true")
    assert {part["longname"] for part in every["parts"]} == {"House", "Garden"}


def test_a_suite_of_a_run_that_lacks_results_has_not_passed(look: Look, reporter: Reporter) -> None:
    report_house(reporter, 0, "a", is_over=False)
    report_house(reporter, 1, "b", "FAIL", is_over=False)
    told = look(suite="House", parts="true")
    assert parts(told) == [("b", "Door", "r", 0, 1), ("b", "Roof", "f", 1, 2),
                           ("a", "Door", "r", 0, 1), ("a", "Roof", "r", 0, 2)]  # fmt: skip
    assert parts(look(folder="House.Roof", parts="true", setup="a")) == [
        ("a", "Hold", "p", 0, 1), ("a", "Tiles 2.0", "r", 0, 1),
    ]  # fmt: skip


def test_a_timeline_of_parts_has_an_end_and_says_so(
    look: Look, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_house(reporter, 0, "a")
    monkeypatch.setattr(timeline_parts, "MOST_POINTS", 2)
    told = look(suite="House", parts="true")
    assert (told["parts_not_drawn"], told["is_cut"]) == (1, False), "no run is older than this"
    for minute in (1, 2):
        report_house(reporter, minute, "a")
    monkeypatch.setattr(timeline_parts, "MOST_POINTS", 7)
    told = look(suite="House", parts="true")
    assert (len(told["runs"]["id"]), len(parts(told)), told["is_cut"]) == (2, 6, True)
    assert told["parts_not_drawn"] == 0
    monkeypatch.setattr(timeline_parts, "MOST_POINTS", 2)
    told = look(suite="House", parts="true")
    assert (len(told["runs"]["id"]), len(parts(told)), len(told["parts"]), told["parts_not_drawn"]) == (1, 2, 2, 1)
    monkeypatch.setattr(timeline_parts, "MOST_POINTS", 20_000)
    monkeypatch.setattr(timeline_parts, "MOST_RESULTS", 4)
    told = look(suite="House", parts="true")
    assert (len(told["runs"]["id"]), told["is_cut"]) == (1, True)


def test_tests_of_a_run_by_their_folder(client: FlaskClient, reporter: Reporter) -> None:
    run = report_house(reporter, 0, "a", "FAIL")
    found: Any = client.get(f"/api/v1/runs/{run}/tests", query_string={"folder": "House.Roof", "outcome": "failed"})
    assert [test["longname"] for test in found.json["tests"]] == ["House.Roof.Hold"]


def test_uploads_with_expectations(look: Look, client: FlaskClient) -> None:
    known = {"fast": {"a.html": {"actual": "TEXT", "expected": "FAIL"}, "b.html": {"expected": "FAIL"}}}
    assert client.post("/api/upload", json=upload(known, commit(3), timestamp=1_700_001_000)).status_code == 200
    assert look(longname="fast/a.html")["points"]["outcome"] == "e"
    assert look(longname="fast/b.html")["points"]["outcome"] == "u"
    told = look(suite="layout-tests")
    assert (told["points"]["failed"], told["commits"][0]["hash"]) == ([1], commit(3)["hash"])


def test_results_are_found_by_their_place(look: Look, reporter: Reporter, client: FlaskClient) -> None:
    run = report(reporter, 0, "FAIL")
    told = look(longname="Suite.One")
    (place,) = (told["tests"][number] for number in told["points"]["test"])
    page: Any = client.get(
        f"/api/v1/runs/{run}/tests", query_string={"test": place["id"], "process": place["process"]}
    ).json
    assert [test["longname"] for test in page["tests"]] == ["Suite.One"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "1001"},
        {"from": "soon"},
        {"colour": "red"},
        {"parts": "false"},
        {"longname": "A.B", "folder": "A"},
    ],
)
def test_what_has_no_meaning_is_refused(shared_client: FlaskClient, query: dict[str, str]) -> None:
    assert shared_client.get("/api/v1/timeline", query_string=query).status_code == 400


def test_commits_between_two(client: FlaskClient) -> None:
    for number in range(1, 6):
        client.post("/api/commits/register", json=commit(number))
    client.post("/api/commits/register", json=commit(3, "other"))

    def between(old: int, new: int, **more: str) -> list[str]:
        query = {"repository": "webkit", "newer_than": commit(old)["hash"], "up_to": commit(new)["hash"], **more}
        found: Any = client.get("/api/v1/commits", query_string=query).json
        return [each["identifier"] for each in found["commits"]]

    assert between(2, 4) == ["4@main", "3@main"]
    assert between(4, 4) == []
    assert between(2, 4, newer_than="0" * 40) == []


def test_messages_that_say_the_same_are_one(client: FlaskClient, reporter: Reporter) -> None:
    for minute, (setup, message) in enumerate(
        [("a", "Board 7 refused after 3.5 s"), ("b", "Odd"), ("b", "Board 12 refused after 20 s"), ("b", "")]
    ):
        clock = BEGAN + timedelta(minutes=minute)
        reporter.run([T("One", "FAIL" if message else "PASS", message)], setup=setup, clock=clock)
    told: Any = client.get("/api/v1/tests/messages", query_string={"longname": "Suite.One"}).json
    first, odd = told["messages"]
    assert (first["message"], first["count"], first["setups"]) == ("Board 12 refused after 20 s", 2, ["a", "b"])
    assert (first["first"]["setup"], first["last"]["setup"], odd["count"]) == ("a", "b", 1)
    told = client.get("/api/v1/tests/messages", query_string={"longname": "Suite.One", "setup": "a"}).json
    assert [group["message"] for group in told["messages"]] == ["Board 7 refused after 3.5 s"]
