"""Tests by runs, over HTTP."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from support.reporter import BEGAN, Reporter, T

pytestmark = pytest.mark.any_python

NIGHTS = ("PPF", "PFF", "PPF", "FP.", "FPS")
"""What three tests did, night by night."""
STATUS = {"P": "PASS", "F": "FAIL", "S": "SKIP"}


def get(client: FlaskClient, path: str = "/grid", **query: Any) -> Any:
    reply = client.get(f"/api/v1{path}", query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json


def report_nights(reporter: Reporter) -> list[str]:
    runs = []
    for night, letters in enumerate(NIGHTS):
        process = reporter.process(clock=BEGAN + timedelta(days=night), branch="main", last_in_pool=True)
        process.start_suite("s1", "Shop", total=3)
        for number, (suite, name) in enumerate(
            (("Shop.V 1.2", "Log In"), ("Shop.V 1.2", "Log Out"), ("Shop.Cart", "Add"))
        ):
            process.start_suite(f"s1-s{number + 1}", suite, test_count=1)
            if letters[number] != ".":
                test = T(name, STATUS[letters[number]], elapsed_time=1.0 + number)
                process.send(process.test(f"s1-s{number + 1}", suite, 1, test))
            process.end_suite(f"s1-s{number + 1}")
        process.end_suite("s1")
        process.end()
        runs.append(process.run)
    return runs


@pytest.fixture(scope="module")
def nights(shared_reporter: Reporter) -> list[str]:
    """On the shared wall, which has no other runs."""
    return report_nights(shared_reporter)


def rows(told: Any) -> list[tuple[str, str]]:
    return [(test["name"], test["cells"]) for test in told["tests"]]


def test_tests_by_the_latest_runs(shared_client: FlaskClient, nights: list[str]) -> None:
    told = get(shared_client)
    assert (told["suite"], [run["id"] for run in told["runs"]], told["total"], told["next"]) == (
        "Shop",
        nights,
        3,
        None,
    )
    assert rows(told) == [("Log In", "PPPFF"), ("Add", "FFF.S"), ("Log Out", "PFPPP")]
    assert [(test["failed"], test["passed"], test["flips"]) for test in told["tests"]] == [
        (2, 3, 1),
        (3, 0, 0),
        (1, 4, 2),
    ]
    assert [test["seconds"] for test in told["tests"]] == [1.0, 3.0, 2.0]
    assert [name for name, _ in rows(get(shared_client, sort="flips"))] == ["Log Out", "Log In", "Add"]
    assert [name for name, _ in rows(get(shared_client, sort="slow"))] == ["Add", "Log Out", "Log In"]
    assert [name for name, _ in rows(get(shared_client, sort="name"))] == ["Add", "Log In", "Log Out"]
    assert rows(get(shared_client, columns=2, sort="name")) == [("Add", ".S"), ("Log In", "FF"), ("Log Out", "PP")]
    assert rows(get(shared_client, run=[nights[0], nights[4]], sort="name"))[1] == ("Log In", "PF")
    assert get(shared_client, suite="Nobody")["tests"] == []


def test_folders_have_their_rate_and_their_time_by_run(shared_client: FlaskClient, nights: list[str]) -> None:
    told = get(shared_client)
    assert told["folder"] == "Shop", "there is nothing else to choose from"
    shown = get(shared_client, "/grid/folders")
    assert shown["runs"] == [run["id"] for run in told["runs"]] == nights
    assert told["folders"] == [{name: each[name] for name in told["folders"][0]} for each in shown["folders"]]
    cart, version = shown["folders"]
    assert (cart["longname"], cart["tests"], cart["failing"]) == ("Shop.Cart", 1, 0)
    assert (version["longname"], version["tests"], version["failing"]) == ("Shop.V 1.2", 2, 1)
    assert (cart["total"], cart["failed"], cart["passed"]) == ([1, 1, 1, 0, 1], [1, 1, 1, 0, 0], [0] * 5)
    assert (version["failed"], version["seconds"]) == ([0, 1, 0, 1, 1], [3.0] * 5)
    below = get(shared_client, folder="Shop.V 1.2", sort="name")
    assert (below["folders"], rows(below)) == ([], [("Log In", "PPPFF"), ("Log Out", "PFPPP")])
    assert get(shared_client, "/grid/folders", folder="Shop.V 1.2")["folders"] == []
    assert get(shared_client, "/grid/folders", match="add")["folders"] == [], (
        "a folder that is the only one is gone into"
    )


def test_a_page_goes_on_after_its_cursor(shared_client: FlaskClient, nights: list[str]) -> None:
    first = get(shared_client, limit=2)
    second = get(shared_client, limit=2, after=first["next"])
    assert rows(first) + rows(second) == rows(get(shared_client))
    assert (second["next"], second["folders"], second["total"]) == (None, [], 3)


def test_a_regular_expression_finds_tests(shared_client: FlaskClient, nights: list[str]) -> None:
    assert [name for name, _ in rows(get(shared_client, match=r"log (in|out)$"))] == ["Log In", "Log Out"]
    assert rows(get(shared_client, match="^Cart")) == []


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("(", "no regular expression: parentheses"), ("a{9999}", "no regular expression"), ("x" * 301, "at most 300")],
)
def test_a_bad_regular_expression_is_said_to_be_one(
    shared_client: FlaskClient, nights: list[str], pattern: str, words: str
) -> None:
    reply = shared_client.get("/api/v1/grid", query_string={"match": pattern})
    assert reply.status_code == 400 and words in reply.text


def test_what_matching_takes_is_bounded(client: FlaskClient, reporter: Reporter, monkeypatch: Any) -> None:
    """Back references are what Postgres has no quick way for."""
    monkeypatch.setattr("livewall_dashboard.history.grid.matrix.MATCH_WITHIN", 0.2)
    reporter.run([T("a" * 301)])
    reply = client.get("/api/v1/grid", query_string={"match": r"^suite.(a+)(a+)(a+)(a+)\4\3\2\1$"})
    assert reply.status_code == 400 and "make it simpler" in reply.text
    assert len(get(client)["tests"]) == 1


def test_setups_by_their_latest_runs(client: FlaskClient, reporter: Reporter) -> None:
    nights = report_nights(reporter)
    other = reporter.run([T("One")], setup="vm2", suite="Shop", clock=BEGAN + timedelta(days=9))
    told = get(client, "/grid/setups", suite="Shop", columns=3)["setups"]
    assert [(row["setup"], [run["id"] for run in row["runs"]]) for row in told] == [
        ("vm2", [other]),
        ("vm1", nights[2:]),
    ]
    assert [row["setup"] for row in get(client, "/grid/setups", branch="main")["setups"]] == ["vm1"]
    for setups in (["vm1"], ["vm1", "nobody"], ["nobody"]):
        told = get(client, "/grid/setups", setup=setups)["setups"]
        assert [row["setup"] for row in told] == [name for name in setups if name != "nobody"]


def test_the_grid_as_csv(shared_client: FlaskClient, nights: list[str]) -> None:
    reply = shared_client.get("/api/v1/grid.csv", query_string={"sort": "name"})
    head, add, *_ = csv.reader(io.StringIO(reply.text))
    assert head[:5] == ["longname", "failed", "passed", "flips", "seconds"] and head[5].endswith(f"vm1 {nights[0]}")
    assert add == ["Shop.Cart.Add", "3", "0", "0", "3.0", "FAIL", "FAIL", "FAIL", "", "SKIP"]
