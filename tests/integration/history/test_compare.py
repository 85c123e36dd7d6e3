"""Two runs compared test by test, over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_dashboard.history.identity.renaming import rename
from support.reporter import BEGAN, Reporter, T
from support.waiting import wait_for

pytestmark = pytest.mark.any_python

LAST_NIGHT = [
    T("Breaks"), T("Is mended", "FAIL", "was broken"), T("Stays broken", "FAIL", "old"), T("Is gone"),
    T("Is skipped"),
    T("Gets slow", elapsed_time=1.0), T("Is a bit slower", elapsed_time=10.0),
    T("Is quick", elapsed_time=0.001),
    T("Was skipped and is gone", "SKIP"), T("Stays skipped", "SKIP"), T("Was skipped", "SKIP"),
    T("Fails slowly", "FAIL"),
]  # fmt: skip
TONIGHT = [
    T("Breaks", "FAIL", "HTTP 500"), T("Is mended"), T("Stays broken", "FAIL", "new"), T("Is skipped", "SKIP"),
    T("Gets slow", elapsed_time=1.5), T("Is a bit slower", elapsed_time=14.0), T("Is quick", elapsed_time=0.4),
    T("Is new and fails", "FAIL"), T("Is new"), T("Stays skipped", "SKIP"), T("Was skipped"),
    T("Fails slowly", "FAIL", elapsed_time=90.0),
]  # fmt: skip
EXPECTED = [
    ("Breaks", "new_failures"), ("Is new and fails", "new_failures"),
    ("Is gone", "not_executed"), ("Is skipped", "not_executed"), ("Was skipped and is gone", "not_executed"),
    ("Fails slowly", "still_failing"), ("Stays broken", "still_failing"),
    ("Is mended", "fixed"), ("Gets slow", "slower"),
]  # fmt: skip


def compare(client: FlaskClient, **query: Any) -> Any:
    reply = client.get("/api/v1/compare", query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json


def report(reporter: Reporter, tests: Sequence[T], day: int = 0, **info: Any) -> str:
    return reporter.run(tests, clock=BEGAN + timedelta(days=day), last_in_pool=True, **info)


def kinds(told: Any) -> list[tuple[str, str]]:
    return [(test["longname"].removeprefix("Suite."), test["kind"]) for test in told["tests"]]


def test_each_test_is_of_the_kind_that_the_rules_say(client: FlaskClient, reporter: Reporter) -> None:
    left, right = report(reporter, LAST_NIGHT), report(reporter, TONIGHT, day=1)
    told = compare(client, left=left, right=right)
    assert set(told) == {"left", "right", "counts", "tests", "next"}
    assert (told["left"]["id"], told["right"]["id"], told["next"]) == (left, right, None)
    assert told["counts"] == {"new_failures": 2, "fixed": 1, "still_failing": 2, "not_executed": 3, "slower": 1}
    assert kinds(told) == EXPECTED
    first, new, gone = told["tests"][:3]
    assert set(first) == {"longname", "kind", "left", "right"}
    assert (first["left"]["status"], first["right"]["status"], first["right"]["message"]) == (
        "PASS",
        "FAIL",
        "HTTP 500",
    )
    assert (new["left"], gone["right"]) == (None, None)
    assert {kind for _, kind in kinds(compare(client, left=left, right=left))} == {"still_failing"}


def test_a_list_of_kinds_goes_on_after_its_cursor(client: FlaskClient, reporter: Reporter) -> None:
    left, right = report(reporter, LAST_NIGHT), report(reporter, TONIGHT, day=1)
    found, after, pages = [], "", 0
    while after is not None:
        told = compare(client, left=left, right=right, limit=2, after=after)
        assert told["counts"]["new_failures"] == 2
        found, after, pages = found + kinds(told), told["next"], pages + 1
    assert found == EXPECTED and pages == 5
    assert kinds(compare(client, left=left, right=right, kind="fixed")) == [("Is mended", "fixed")]
    assert kinds(compare(client, left=left, right=right, q="is NEW")) == [("Is new and fails", "new_failures")]


def test_a_run_is_compared_with_the_one_before_it(client: FlaskClient, reporter: Reporter) -> None:
    one = report(reporter, [T("One")], branch="main")
    report(reporter, [T("One")], day=1, branch="fix")
    report(reporter, [T("One")], day=2, branch="main", setup="vm2")
    report(reporter, [T("One")], day=3, branch="main", suite="Other")
    reporter.run([T("One")], clock=BEGAN + timedelta(days=4), branch="main", ended=False)
    right = report(reporter, [T("One")], day=5, branch="main")
    assert compare(client, right=right)["left"]["id"] == one
    reply = client.get("/api/v1/compare", query_string={"right": one})
    assert reply.status_code == 404 and "say which with `left`" in reply.text


def test_what_a_run_has_not_stored_is_not_executed(client: FlaskClient, reporter: Reporter) -> None:
    """Neither one that was cut off nor one that goes on looks green."""
    left = report(reporter, [T("One"), T("Two"), T("Three", "FAIL")])
    right = reporter.run([T("One")], clock=BEGAN + timedelta(days=1), ended=False)
    told = compare(client, left=left, right=right)
    assert told["right"]["state"] == "running"
    assert kinds(told) == [("Three", "not_executed"), ("Two", "not_executed")]


def test_a_renamed_test_is_compared_with_itself(app: Dashboard, client: FlaskClient, reporter: Reporter) -> None:
    left = report(reporter, [T("Log In", "FAIL"), T("Log Out")])
    right = report(reporter, [T("Sign In"), T("Log Out")], day=1)
    assert compare(client, left=left, right=right)["counts"]["not_executed"] == 1
    with app.core.database.connection() as connection:
        rename(connection, "Suite.Log In", "Suite.Sign In")
    told = compare(client, left=left, right=right)
    assert kinds(told) == [("Sign In", "fixed")]
    assert told["tests"][0]["left"]["longname"] == "Suite.Log In"


def test_a_test_that_runs_twice_is_paired_by_its_order(client: FlaskClient, reporter: Reporter) -> None:
    left = report(reporter, [T("Twice"), T("Twice", "FAIL", "second")])
    right = report(reporter, [T("Twice"), T("Twice", "FAIL", "second again")], day=1)
    told = compare(client, left=left, right=right)
    assert [(test["kind"], test["right"]["message"]) for test in told["tests"]] == [("still_failing", "second again")]


def test_a_process_that_was_repeated_does_not_count(client: FlaskClient, reporter: Reporter) -> None:
    left = report(reporter, [T("One")])
    run = report(reporter, [T("One", "FAIL")], day=1, name="0", slot="1.1", pabot=True)
    again = reporter.process(run, name="1", slot="1.1", pabot=True)
    again.start_suite("s1", "Suite", total=1)
    again.send(again.test("s1", "Suite", 1, T("One")))
    again.end_suite("s1")
    again.end()
    told = compare(client, left=left, right=run)
    assert (told["counts"]["new_failures"], told["tests"]) == (0, [])


def test_the_same_as_csv(client: FlaskClient, reporter: Reporter) -> None:
    left = report(reporter, [T("=One"), T("Two")])
    right = report(reporter, [T("=One", "FAIL", "=1+1"), T("Two", "FAIL")], day=1)
    reply = client.get("/api/v1/compare.csv", query_string={"left": left, "right": right})
    assert reply.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert [(row["kind"], row["longname"]) for row in rows] == [
        ("new_failures", "Suite.=One"), ("new_failures", "Suite.Two"),
    ]  # fmt: skip
    assert (rows[0]["left_status"], rows[0]["right_message"]) == ("PASS", "'=1+1")


def test_what_is_not_there_is_said(client: FlaskClient, reporter: Reporter) -> None:
    run = wait_for(lambda: report(reporter, [T("One")]))
    for query in ({"left": run, "right": "nobody"}, {"left": "nobody", "right": run}, {"right": "nobody"}):
        assert client.get("/api/v1/compare", query_string=query).status_code == 404
    for query in (
        {"left": run},
        {"left": run, "right": run, "kind": "worse"},
        {"left": run, "right": run, "after": "x"},
    ):
        assert client.get("/api/v1/compare", query_string=query).status_code == 400
