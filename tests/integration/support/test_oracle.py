"""The oracle itself: it must see every kind of difference, or no acceptance test means anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from support.oracle import MERGED, PhaseRow, Record, assert_equal, differences, read_output
from support.recorded import Database

pytestmark = pytest.mark.any_python

OUTPUT = """<?xml version="1.0" encoding="UTF-8"?>
<robot generator="Robot 7.2 (Python 3.11 on linux)" generated="2026-01-31T10:00:00" rpa="false" schemaversion="5">
<suite id="s1" name="Top" source="/lab/top">
<kw name="Log" owner="BuiltIn" type="SETUP">
<status status="PASS" start="2026-01-31T10:00:00.100000" elapsed="0.25"/></kw>
<suite id="s1-s1" name="Leaf" source="/lab/top/leaf.robot">
<test id="s1-s1-t1" name="First" line="3"><tag>a,b</tag><tag>{x}</tag>
<status status="PASS" start="2026-01-31T10:00:01.000001" elapsed="1.500000"></status></test>
<test id="s1-s1-t2" name="First" line="9">
<status status="FAIL" start="2026-01-31T10:00:03" elapsed="0.000100">it\N{SNOWMAN} failed</status></test>
<kw name="Fail" owner="BuiltIn" type="TEARDOWN">
<status status="FAIL" start="2026-01-31T10:00:04" elapsed="0.5">down</status></kw>
<status status="FAIL" start="2026-01-31T10:00:01" elapsed="3.5">Suite teardown failed:\ndown</status></suite>
<doc>Its documentation</doc><meta name="Key">value</meta>
<status status="FAIL" start="2026-01-31T10:00:00" elapsed="5.0"></status></suite>
<errors><msg level="WARN" time="2026-01-31T10:00:00">one</msg><msg level="ERROR" time="2026-01-31T10:00:00">two</msg>
<msg level="WARN" time="2026-01-31T10:00:00">three</msg></errors>
</robot>
"""


@pytest.fixture
def expected(tmp_path: Path) -> Record:
    path = tmp_path / "output.xml"
    path.write_text(OUTPUT, encoding="utf-8")
    return read_output(path, ZoneInfo("America/St_Johns"))


def test_output_is_read_with_the_corrections_robot_framework_makes(expected: Record) -> None:
    assert (expected.name, expected.status, expected.warnings, expected.errors) == ("Top", "FAIL", 2, 1)
    assert (expected.total, expected.passed, expected.failed, expected.skipped) == (2, 0, 2, 0)
    first, second = expected.tests
    assert (first.status, first.message) == ("FAIL", "Parent suite teardown failed:\ndown")
    assert first.start_time == datetime(2026, 1, 31, 13, 30, 1, 1, tzinfo=timezone.utc)
    assert second.message == "it☃ failed\n\nAlso parent suite teardown failed:\ndown"
    assert (first.lineno, first.tags, first.source) == (3, ("a,b", "{x}"), "/lab/top/leaf.robot")
    top, leaf = expected.suites
    assert top.setup == PhaseRow("Log", "PASS", 0.25) and top.teardown is None
    assert leaf.teardown == PhaseRow("Fail", "FAIL", 0.5)
    assert (top.doc, top.metadata, leaf.longname) == ("Its documentation", {"Key": "value"}, "Top.Leaf")


def test_what_is_equal_has_no_differences(expected: Record) -> None:
    assert differences(expected, replace(expected)) == []
    assert_equal(expected, replace(expected), by=MERGED)


MOMENT = timedelta(microseconds=2)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("name", "Last"),
        ("longname", "Top.Leaf.Last"),
        ("source", ""),
        ("lineno", 4),
        ("tags", ("a", "b", "{x}")),
        ("status", "PASS"),
        ("message", ""),
        ("start_time", datetime(2026, 1, 31, 13, 30, 1, 3, tzinfo=timezone.utc)),
        ("elapsed_time", 1.500002),
    ],
)
def test_a_changed_test_is_a_difference(expected: Record, name: str, changed: Any) -> None:
    actual = replace(expected, tests=[replace(expected.tests[0], **{name: changed}), *expected.tests[1:]])
    (line,) = differences(expected, actual)
    assert line.startswith("test s1-s1-t1") and f": {name}: " in line


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("doc", ""),
        ("metadata", {}),
        ("status", "PASS"),
        ("message", "x"),
        ("elapsed_time", 5.1),
        ("setup", None),
        ("setup", PhaseRow("Log", "PASS", 0.26)),
        ("teardown", PhaseRow("Log", "PASS", 0.25)),
    ],
)
def test_a_changed_suite_is_a_difference(expected: Record, name: str, changed: Any) -> None:
    actual = replace(expected, suites=[replace(expected.suites[0], **{name: changed}), *expected.suites[1:]])
    (line,) = differences(expected, actual)
    assert line.startswith("suite s1 ") and f": {name}: " in line


@pytest.mark.parametrize("name", ["total", "passed", "failed", "skipped", "warnings", "errors"])
def test_a_changed_total_is_a_difference(expected: Record, name: str) -> None:
    (line,) = differences(expected, replace(expected, **{name: 99}))
    assert line.startswith(f"run: {name}: ")


def test_missing_surplus_repeated_and_reordered_rows_are_differences(expected: Record) -> None:
    first, second = expected.tests
    assert "s1-s1-t2" in differences(expected, replace(expected, tests=[first]))[0]
    surplus = replace(expected, tests=[first, second, replace(first, id="s1-s1-t3")])
    assert "not in output.xml" in differences(expected, surplus)[0]
    assert "stored twice" in differences(expected, replace(expected, tests=[first, second, second]))[0]
    assert "another order" in differences(expected, replace(expected, tests=[second, first]))[0]


def test_a_difference_in_a_long_text_shows_where_it_begins(expected: Record) -> None:
    long = replace(expected.tests[0], message="x" * 5000 + "here")
    other = replace(expected.tests[0], message="x" * 5000 + "there")
    (line,) = differences(replace(expected, tests=[long]), replace(expected, tests=[other]))
    assert "from 5000 on" in line and len(line) < 400


def test_a_recording_in_postgres_is_read_as_output_is(expected: Record, database_url: str) -> None:
    _record(database_url)
    database = Database(database_url)
    assert database.runs_of("vm1") == ["the-run"]
    assert_equal(expected, database.record("the-run"))


@pytest.mark.parametrize(
    ("statement", "difference"),
    [
        ("UPDATE result SET status = 0 WHERE id = 's1-s1-t2'", "status: expected 'FAIL', found 'PASS'"),
        ("UPDATE result SET start_time = start_time + interval '1 hour' WHERE id = 's1-s1-t1'", "start_time"),
        ("UPDATE run SET warnings = 3", "run: warnings"),
        ("DELETE FROM result WHERE id = 's1-s1-t1'", "missing"),
        ("UPDATE suite_result SET setup = NULL", "setup"),
    ],
)
def test_a_tampered_recording_is_found_out(
    expected: Record, database_url: str, statement: str, difference: str
) -> None:
    _record(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(statement.encode())
    assert any(difference in line for line in differences(expected, Database(database_url).record("the-run")))


def test_a_result_without_its_suite_is_not_overlooked(database_url: str) -> None:
    _record(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM suite_result WHERE id = 's1-s1'")
    with pytest.raises(AssertionError, match="results stored"):
        Database(database_url).record("the-run")


def _record(url: str) -> None:
    """The run of `OUTPUT`, written by hand."""
    with psycopg.connect(url) as connection:
        connection.execute(RECORDING.encode())


RECORDING = """
    SET timezone = 'America/St_Johns';
    INSERT INTO setup (name) VALUES ('vm1');
    INSERT INTO configuration (digest, labels) VALUES ('1', '{}');
    INSERT INTO run (key, setup_id, configuration_id, name, state, status, total, failed, warnings, errors,
                     started_at, sorted_at, received_at, last_news_at, info)
        VALUES ('the-run', 1, 1, 'Top', 'finished', 'FAIL', 2, 2, 2, 1, now(), now(), now(), now(), '{}');
    INSERT INTO process (run_id, no, name, superseded, info)
        VALUES (1, 0, '0', false, '{}'), (1, 1, 'ghost', true, '{}');
    INSERT INTO suite (digest, longname, name) VALUES ('1', 'Top', 'Top'), ('2', 'Top.Leaf', 'Leaf');
    INSERT INTO test (digest, longname, name) VALUES ('1', 'Top.Leaf.First', 'First');
    INSERT INTO tag_set (digest, tags) VALUES ('1', '["a,b", "{x}"]'), ('2', '[]');
    INSERT INTO suite_result
        (run_id, process_no, seq, id, suite_id, source, doc, metadata, test_count, status, message, start_time,
         elapsed_time, setup, teardown)
    VALUES
        (1, 0, 1, 's1', 1, '/lab/top', 'Its documentation', '{"Key": "value"}', 2, 'FAIL', '', '2026-01-31 10:00:00', 5,
         '{"name": "Log", "status": "PASS", "elapsed_time": 0.25}', NULL),
        (1, 0, 2, 's1-s1', 2, '/lab/top/leaf.robot', '', '{}', 2, 'FAIL', E'Suite teardown failed:\\ndown',
         '2026-01-31 10:00:01', 3.5, NULL, '{"name": "Fail", "status": "FAIL", "elapsed_time": 0.5}');
    INSERT INTO result
        (run_id, process_no, seq, id, test_id, tag_set_id, status, lineno, start_time, elapsed_time, message, source)
    VALUES
        (1, 0, 7, 's1-s1-t1', 1, 1, 1, 3, '2026-01-31 10:00:01.000001', 1.5, E'Parent suite teardown failed:\\ndown',
         NULL),
        (1, 0, 9, 's1-s1-t2', 1, 2, 1, 9, '2026-01-31 10:00:03', 0.0001,
         E'it\\u2603 failed\\n\\nAlso parent suite teardown failed:\\ndown', '/lab/top/leaf.robot');
"""
