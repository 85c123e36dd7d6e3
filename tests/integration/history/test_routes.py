"""The read API over runs that were reported, recorded and read back from a real Postgres."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from livewall_listener import wire
from support.reporter import BEGAN, Reporter, T
from support.waiting import wait_for

FAILURE = "Element 'id:login' did not appear in 5 seconds.\n\nAlso teardown failed:\n<b>boom</b>"
TESTS = [
    T("Log In", "FAIL", FAILURE, ["smoke", "Slow Test"], 12.25),
    T("Log Out", tags=["smoke"]),
    T("Höhe ändern", "SKIP", "not today"),
    T("Never", "NOT RUN"),
]


def get(client: FlaskClient, path: str, **query: Any) -> Any:
    reply = client.get(f"/api/v1{path}", query_string={key: str(value) for key, value in query.items()})
    assert reply.status_code == 200, f"{path}: {reply.status_code} {reply.text[:500]}"
    assert reply.headers["Content-Type"] == "application/json"
    return reply.json


def refused(client: FlaskClient, path: str, **query: Any) -> tuple[int, str]:
    reply = client.get(f"/api/v1{path}", query_string=query)
    assert reply.json is not None
    assert set(reply.json["error"]) == {"code", "message", "detail"}
    return reply.status_code, reply.json["error"]["message"]


def finished(client: FlaskClient, run: str) -> Any:
    """The run, once it is known to be over."""
    return wait_for(lambda: (found := get(client, f"/runs/{run}"))["state"] == "finished" and found)


def report(client: FlaskClient, reporter: Reporter) -> str:
    """A run with all that may be told of one."""
    run = reporter.run(
        TESTS,
        suite="Köln.Login",
        host="node-7",
        robot_version="7.3",
        python_version="3.12.1",
        platform="Linux",
        listener_version="0.1.0",
        labels={"os": "debian-12", "arch": "amd64"},
        repository="https://git.example/app",
        branch="main",
        commit="0123456789abcdef",
        build=wire.Build("jenkins", "https://ci.example/job/app/7/", "app", "7"),
        last_in_pool=True,
    )
    finished(client, run)
    return run


@pytest.fixture(scope="module")
def run(shared_client: FlaskClient, shared_reporter: Reporter) -> str:
    """On the shared wall, which has no other."""
    return report(shared_client, shared_reporter)


def test_a_run_is_told_in_full(shared_client: FlaskClient, run: str) -> None:
    told = finished(shared_client, run)
    assert told["id"] == run
    assert told["setup"] == "vm1"
    assert told["name"] == "Login"
    assert (told["status"], told["verification"]) == ("FAIL", "verified")
    assert told["counts"] == {"total": 4, "passed": 1, "failed": 1, "skipped": 1, "expected_failures": 0}
    assert told["labels"] == {"os": "debian-12", "arch": "amd64"}
    assert (told["repository"], told["branch"]) == ("https://git.example/app", "main")
    assert told["commit"] == "0123456789abcdef"
    assert told["build"] == {
        "system": "jenkins",
        "url": "https://ci.example/job/app/7/",
        "job": "app",
        "number": "7",
    }
    assert (told["host"], told["robot_version"], told["platform"]) == ("node-7", "7.3", "Linux")
    assert told["elapsed_time"] == pytest.approx(16.75)
    assert told["processes"] == 1
    assert [process["counts"]["failed"] for process in told["process_list"]] == [1]
    assert {tag["tag"]: tag["counts"]["total"] for tag in told["tags"]} == {"smoke": 2, "Slow Test": 1}
    assert (told["log"], told["artifacts"]) == (None, [])


def test_times_are_utc_and_say_so(shared_client: FlaskClient, run: str) -> None:
    told = finished(shared_client, run)
    assert told["started_at"] == BEGAN.isoformat() == "2026-03-01T12:00:00.250000+00:00"
    test = get(shared_client, f"/runs/{run}/tests")["tests"][1]
    assert datetime.fromisoformat(test["start_time"]) == BEGAN + timedelta(seconds=12.25)


def test_tests_have_robot_frameworks_fields(shared_client: FlaskClient, run: str) -> None:
    page = get(shared_client, f"/runs/{run}/tests")
    assert page["next"] is None
    first = page["tests"][0]
    assert first == {
        "id": "s1-t1",
        "process": "0",
        "name": "Log In",
        "longname": "Köln.Login.Log In",
        "source": "/tests/suite.robot",
        "lineno": 10,
        "tags": ["smoke", "Slow Test"],
        "status": "FAIL",
        "outcome": "failed",
        "actual": "FAIL",
        "expected": "PASS",
        "attempts": 1,
        "failed_attempts": 0,
        "extra": None,
        "message": FAILURE,
        "start_time": BEGAN.isoformat(),
        "elapsed_time": 12.25,
    }


def test_suites_have_their_counts(shared_client: FlaskClient, run: str) -> None:
    (suite,) = get(shared_client, f"/runs/{run}/suites")["suites"]
    assert (suite["id"], suite["longname"], suite["status"], suite["doc"]) == ("s1", "Köln.Login", "FAIL", "Doc.")
    assert suite["counts"] == {"total": 4, "passed": 1, "failed": 1, "skipped": 1, "expected_failures": 0}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"status": "FAIL"}, ["Log In"]),
        ({"status": "NOT RUN"}, ["Never"]),
        ({"tag": "slow_test"}, ["Log In"]),
        ({"tag": "smoke"}, ["Log In", "Log Out"]),
        ({"tag": "smoke", "status": "PASS"}, ["Log Out"]),
        ({"q": "did not APPEAR"}, ["Log In"]),
        ({"q": "höhe"}, ["Höhe ändern"]),
        ({"q": "%"}, []),
        ({"suite": "s1"}, ["Log In", "Log Out", "Höhe ändern", "Never"]),
        ({"suite": "s2"}, []),
        ({"process": "1"}, []),
        ({"status": "", "q": ""}, ["Log In", "Log Out", "Höhe ändern", "Never"]),
    ],
)
def test_tests_are_filtered(shared_client: FlaskClient, run: str, query: dict[str, str], names: list[str]) -> None:
    assert [test["name"] for test in get(shared_client, f"/runs/{run}/tests", **query)["tests"]] == names


def test_a_list_goes_on_after_its_cursor(client: FlaskClient, reporter: Reporter) -> None:
    run = reporter.run([T(f"Test {number}") for number in range(25)])
    names: list[str] = []
    after: dict[str, str] = {}
    pages = 0
    while pages < 10:
        page = get(client, f"/runs/{run}/tests", limit=10, **after)
        pages += 1
        names += [test["name"] for test in page["tests"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert names == [f"Test {number}" for number in range(25)]
    assert pages == 3


def test_runs_are_listed_latest_first_and_filtered(client: FlaskClient, reporter: Reporter) -> None:
    for number in range(5):
        reporter.run(
            [T("One", "FAIL" if number == 2 else "PASS")],
            setup=f"vm{number % 2}",
            branch="main" if number else "feature",
            commit=f"abc{number}",
            clock=BEGAN + timedelta(minutes=number),
            last_in_pool=True,
        )
    wait_for(lambda: len(get(client, "/runs", state="finished")["runs"]) == 5)
    assert [run["commit"] for run in get(client, "/runs")["runs"]] == ["abc4", "abc3", "abc2", "abc1", "abc0"]
    assert [run["commit"] for run in get(client, "/runs", status="FAIL")["runs"]] == ["abc2"]
    assert [run["commit"] for run in get(client, "/runs", setup="vm1")["runs"]] == ["abc3", "abc1"]
    assert [run["commit"] for run in get(client, "/runs", branch="feature")["runs"]] == ["abc0"]
    assert len(get(client, "/runs", commit="abc")["runs"]) == 5
    assert get(client, "/runs", state="running")["runs"] == []
    first = get(client, "/runs", limit=2)
    second = get(client, "/runs", limit=2, before=first["next"])
    assert [run["commit"] for run in first["runs"] + second["runs"]] == ["abc4", "abc3", "abc2", "abc1"]


def test_a_running_run_is_there_too(client: FlaskClient, reporter: Reporter) -> None:
    run = reporter.run(TESTS[:2], ended=False)
    told = get(client, f"/runs/{run}")
    assert (told["state"], told["status"], told["ended_at"], told["elapsed_time"]) == ("running", None, None, None)
    assert told["counts"]["failed"] == 1
    assert [row["id"] for row in get(client, "/runs", state="running")["runs"]] == [run]
    (suite,) = get(client, f"/runs/{run}/suites")["suites"]
    assert (suite["status"], suite["elapsed_time"]) == (None, None)


def test_one_test_over_runs(client: FlaskClient, reporter: Reporter) -> None:
    runs = [
        reporter.run([T("Log In", status)], suite="Login", setup=setup, branch=branch)
        for status, setup, branch in (("PASS", "vm1", "main"), ("FAIL", "vm2", "main"), ("PASS", "vm1", "feature"))
    ]
    told = get(client, "/tests/history", longname="Login.Log In")
    assert [row["run"] for row in told["history"]] == runs[::-1]
    assert [row["status"] for row in told["history"]] == ["PASS", "FAIL", "PASS"]
    assert [row["run"] for row in get(client, "/tests/history", longname="Login.Log In", setup="vm2")["history"]] == [
        runs[1]
    ]
    by_branch = get(client, "/tests/history", longname="Login.Log In", branch="feature")["history"]
    assert [row["run"] for row in by_branch] == [runs[2]]
    assert get(client, "/tests/history", longname="Nobody.Ever")["history"] == []
    page = get(client, "/tests/history", longname="Login.Log In", limit=2)
    rest = get(client, "/tests/history", longname="Login.Log In", limit=2, after=page["next"])
    assert [row["run"] for row in page["history"] + rest["history"]] == runs[::-1]
    assert rest["next"] is None


def test_tests_and_a_history_are_there_as_csv(client: FlaskClient, reporter: Reporter) -> None:
    runs = [reporter.run(TESTS, suite="Login", clock=BEGAN + timedelta(days=day)) for day in range(2)]
    tests = client.get(f"/api/v1/runs/{runs[0]}/tests.csv", query_string={"status": "FAIL"})
    assert tests.content_type == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(tests.text))
    assert (row["longname"], row["status"], row["tags"]) == ("Login.Log In", "FAIL", "smoke, Slow Test")
    assert row["message"] == FAILURE
    history = client.get("/api/v1/tests/history.csv", query_string={"longname": "Login.Log Out"})
    assert [row["run"] for row in csv.DictReader(io.StringIO(history.text))] == runs[::-1]
    assert client.get("/api/v1/runs/nobody/tests.csv").status_code == 404


def test_the_setups_of_a_test(client: FlaskClient, reporter: Reporter) -> None:
    for minutes, (setup, status) in enumerate((("vm1", "PASS"), ("vm2", "FAIL"), ("vm1", "SKIP"))):
        clock = BEGAN + timedelta(minutes=minutes)
        reporter.run([T("Log In", status)], suite="Login", setup=setup, clock=clock)
    told = get(client, "/tests/setups", longname="Login.Log In")
    assert told["counts"] == {"total": 3, "passed": 1, "failed": 1, "skipped": 1, "expected_failures": 0}
    assert [(row["setup"], row["counts"]["total"]) for row in told["setups"]] == [("vm1", 2), ("vm2", 1)]
    assert [[row["status"] for row in each["history"]] for each in told["setups"]] == [["SKIP", "PASS"], ["FAIL"]]
    page = get(client, "/tests/setups", longname="Login.Log In", limit=1)
    rest = get(client, "/tests/setups", longname="Login.Log In", limit=1, after=page["next"])
    assert page["setups"] + rest["setups"] == told["setups"] and rest["next"] is None
    assert page["counts"] == rest["counts"] == told["counts"]
    assert get(client, "/tests/setups", longname="Nobody.Ever")["setups"] == []


def test_setups_are_those_configured_and_those_heard_of(shared_client: FlaskClient, run: str) -> None:
    setups = {row["name"]: row for row in get(shared_client, "/setups")["setups"]}
    assert set(setups) == {"rack-1", "never-heard-of", "vm1"}
    assert (setups["rack-1"]["group"], setups["rack-1"]["last_run"]) == ("rack", None)
    assert (setups["vm1"]["group"], setups["vm1"]["last_run"], setups["vm1"]["status"]) == ("", run, "FAIL")


def test_the_wall_is_there_as_screens_have_it(shared_client: FlaskClient, run: str) -> None:
    snapshot = get(shared_client, "/live")
    assert {tile["setup"] for tile in snapshot["setups"]} == {"rack-1", "never-heard-of", "vm1"}
    assert isinstance(snapshot["seq"], int)
    assert next(tile["run"]["id"] for tile in snapshot["setups"] if tile["setup"] == "vm1") == run
    assert [tile["setup"] for tile in get(shared_client, "/live", setup="vm1")["setups"]] == ["vm1"]


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        ("/runs", {"colour": "red"}, "known are setup, suite, state, status, branch, commit, "),
        ("/runs", {"limit": "0"}, "1 to 1000"),
        ("/runs", {"limit": "1001"}, "1 to 1000"),
        ("/runs", {"limit": "ten"}, "1 to 1000"),
        ("/runs", {"limit": "²"}, "1 to 1000"),
        ("/runs", {"limit": "9" * 5000}, "1 to 1000"),
        ("/runs", {"status": "RED"}, "PASS, FAIL or SKIP"),
        ("/runs", {"state": "asleep"}, "running, finished or abandoned"),
        ("/runs", {"before": "nonsense"}, "cursor"),
        ("/runs", {"before": "é"}, "cursor"),
        ("/runs", {"branch": "a\0b"}, "NUL"),
        ("/runs", {"branch": "b" * 10_001}, "7000"),
        ("/runs", {"setup": ["a", "b"]}, "2 times"),
        ("/setups", {"x": "y"}, "known are none"),
        ("/live", {"x": "y"}, "known are setup"),
        ("/tests/history", {}, "longname is missing"),
        ("/tests/setups", {}, "longname is missing"),
    ],
)
def test_a_wrong_parameter_is_named(shared_client: FlaskClient, path: str, query: dict[str, Any], words: str) -> None:
    status, message = refused(shared_client, path, **query)
    assert status == 400
    assert words in message


@pytest.mark.parametrize(
    "query", [{"status": "RED"}, {"after": "x"}, {"limit": "-1"}, {"q": "\0"}, {"before": "x"}, {"tag": ["a", "b"]}]
)
def test_a_wrong_parameter_of_tests_is_400(shared_client: FlaskClient, run: str, query: dict[str, Any]) -> None:
    assert refused(shared_client, f"/runs/{run}/tests", **query)[0] == 400


@pytest.mark.parametrize("key", ["nobody", "a b", "%00", quote("'; DROP TABLE run"), "é", "x" * 1000])
@pytest.mark.parametrize("part", ["", "/suites", "/tests"])
def test_an_unknown_run_is_404(shared_client: FlaskClient, key: str, part: str) -> None:
    assert refused(shared_client, f"/runs/{key}{part}")[0] == 404


def test_a_stored_log_is_told_with_the_run(client: FlaskClient, reporter: Reporter) -> None:
    run = report(client, reporter)
    client.put(f"/api/v1/runs/{run}/artifacts/log.html?process=0", data=b"<html>")
    client.put(f"/api/v1/runs/{run}/artifacts/output.xml", data=b"<robot/>")
    told = get(client, f"/runs/{run}")
    assert told["log"] == f"/runs/{run}/artifacts/log.html"
    assert [(file["name"], file["process"]) for file in told["artifacts"]] == [("log.html", "0"), ("output.xml", None)]
    assert client.get(told["log"], buffered=True).data == b"<html>"
    (tile,) = get(client, "/live", setup="vm1")["setups"]
    assert tile["failures_log"] == told["log"]
