"""Tables of the history as CSV: what their pages show, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from support.reporter import BEGAN, Reporter, T

pytestmark = pytest.mark.any_python

Table = Callable[..., list[dict[str, str]]]


@pytest.fixture
def table(client: FlaskClient) -> Table:
    def read(path: str, **query: str) -> list[dict[str, str]]:
        reply = client.get(f"/api/v1{path}.csv", query_string=query)
        assert (reply.status_code, reply.content_type) == (200, "text/csv; charset=utf-8"), reply.text
        return list(csv.DictReader(io.StringIO(reply.text)))

    return read


@pytest.fixture
def runs(reporter: Reporter) -> list[str]:
    """Four nights on vm1, whose second one failed, and one on vm2, which always does."""
    nights = [("vm1", "PASS"), ("vm1", "FAIL"), ("vm1", "PASS"), ("vm1", "PASS"), ("vm2", "FAIL")]
    return [
        reporter.run(
            [T("Open", status, f"Stuck at {night}" if status == "FAIL" else "", elapsed_time=night + 1.0), T("Shut")],
            suite="Doors", setup=setup, labels={"os": setup, "build": str(night)}, commit=f"feed{night}",
            clock=BEGAN + timedelta(days=night),
        )
        for night, (setup, status) in enumerate(nights)
    ]  # fmt: skip


def test_a_timeline_has_a_line_for_each_point(table: Table, runs: list[str]) -> None:
    found = table("/timeline", longname="Doors.Open", setup="vm1")
    assert [(row["run"], row["outcome"]) for row in found] == list(
        zip(runs[3::-1], ["passed", "passed", "failed", "passed"], strict=True)
    )
    row = found[2]
    assert (row["started_at"], row["commits"], row["elapsed_time"]) == ("2026-03-02T12:00:00+00:00", "feed1", "2.0")
    assert (row["labels"], row["url"]) == ("os=vm1, build=1", f"/runs/{runs[1]}")
    assert [(row["failed"], row["total"]) for row in table("/timeline", suite="Doors", setup="vm2")] == [("1", "2")]


def test_rates_and_messages_of_a_test(table: Table, runs: list[str]) -> None:
    rates = table("/tests/rates", longname="Doors.Open")
    assert [tuple(row.values()) for row in rates] == [
        ("vm1", "os=vm1", "3", "1", "0.75", "3.0"), ("vm2", "build=4, os=vm2", "0", "1", "0.0", ""),
    ]  # fmt: skip
    (message,) = table("/tests/messages", longname="Doors.Open")
    assert (message["message"], message["count"], message["setups"]) == ("Stuck at 4", "2", "vm1, vm2")
    assert (message["first_run"], message["last_run"]) == (runs[1], runs[4])


def test_a_search_tells_whole_messages(table: Table, reporter: Reporter, runs: list[str]) -> None:
    long = "Stuck " + "x" * 2000
    reporter.run([T("Open", "FAIL", long)], suite="Gates")
    found = table("/search", q="stuck")
    assert [(row["longname"], row["run"]) for row in found[1:]] == [("Doors.Open", runs[4]), ("Doors.Open", runs[1])]
    assert (found[0]["message"], found[0]["outcome"]) == (long, "failed")
    assert table("/search", q="nowhere") == []


def test_setups_and_folders_of_the_grid(table: Table, runs: list[str], reporter: Reporter) -> None:
    setups = table("/grid/setups", suite="Doors")
    assert [row["id"] for row in setups] == runs[::-1]
    process = reporter.process(setup="vm1", clock=BEGAN + timedelta(days=9))
    process.start_suite("s1", "House", total=2)
    for number, (suite, test) in enumerate((("House.Door", T("Open")), ("House.Roof", T("Hold", "FAIL", "no"))), 1):
        process.start_suite(f"s1-s{number}", suite, test_count=1)
        process.send(process.test(f"s1-s{number}", suite, 1, test))
        process.end_suite(f"s1-s{number}")
    process.end_suite("s1")
    process.end()
    folders = table("/grid/folders", suite="House")
    assert [(row["longname"], row["passed"], row["failed"], row["rate"]) for row in folders] == [
        ("House.Door", "1", "0", "1.0"), ("House.Roof", "0", "1", "0.0"),
    ]  # fmt: skip
