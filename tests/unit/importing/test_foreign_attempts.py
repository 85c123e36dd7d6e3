"""Tries of tests in JUnit XML and CTRF: only what the file says of them."""

from __future__ import annotations

import json
from datetime import timezone
from pathlib import Path
from typing import Any

import pytest

from livewall_dashboard.history.result_sets.result_set import Attempt
from livewall_dashboard.importing.model import TestLine as Line
from livewall_dashboard.importing.read_file import read_file
from livewall_dashboard.importing.times import Clock

SUREFIRE = """<testsuite name="example.Tests" time="1" tests="4" errors="0" skipped="0" failures="1">
<testcase name="flaky" classname="example.Tests" time="0.5">
 <flakyFailure message="first" type="java.lang.AssertionError"><stackTrace><![CDATA[java.lang.AssertionError: first
 at example]]></stackTrace><system-out>noise</system-out></flakyFailure>
 <flakyError type="java.io.IOException"><system-err>noise</system-err>
 <stackTrace>IO &lt;gone&gt;</stackTrace></flakyError>
</testcase>
<testcase name="broken" classname="example.Tests" time="0.2"><failure message="once">once
 at example</failure>
 <rerunFailure message="again" type="E" time="0.25" timestamp="2026-03-01T12:00:00.5Z">again
 at example</rerunFailure>
</testcase>
<testcase name="once" classname="example.Tests" time="0.1"/>
<testcase name="skipped" classname="example.Tests" time="0"><skipped/><rerunFailure message="x"/></testcase>
</testsuite>"""


def lines(path: Path) -> dict[str, Line]:
    found: list[object] = []
    read_file(path, found.append, Clock(timezone.utc))
    return {line.name: line for line in found if isinstance(line, Line)}


def test_surefire_tells_tries_that_failed(tmp_path: Path) -> None:
    path = tmp_path / "TEST-example.xml"
    path.write_text(SUREFIRE, encoding="utf-8")
    tests = lines(path)
    assert {name: (line.status, line.tries) for name, line in tests.items()} == {
        "flaky": ("PASS", 3), "broken": ("FAIL", 2), "once": ("PASS", 1), "skipped": ("SKIP", 1)}  # fmt: skip
    assert tests["flaky"].attempts == (
        Attempt("FAIL", "java.lang.AssertionError: first\n at example"),
        Attempt("FAIL", "IO <gone>"),
        Attempt("PASS"),
    )
    assert tests["broken"].attempts == (
        Attempt("FAIL", "once\n at example"),
        Attempt("FAIL", "again\n at example", "2026-03-01T12:00:00.500000", 0.25),
    )
    assert tests["broken"].message == ("once\n at example", 0), "its first failure is the test's"


FAILED = {"attempt": 1, "status": "failed", "duration": 500, "message": "first", "start": 1772366400000}
PASSED = {"attempt": 2, "status": "passed", "duration": 250}
FIRST = Attempt("FAIL", "first", "2026-03-01T12:00:00.000000", 0.5)


@pytest.mark.parametrize(
    ("told", "tries", "attempts"),
    [
        ({}, 1, ()),
        ({"retries": 0, "flaky": False}, 1, ()),
        ({"retries": 2, "flaky": True}, 3, ()),
        ({"retries": 1, "retryAttempts": [FAILED]}, 2, (FIRST, Attempt("PASS", "", "", 0.75))),
        ({"retries": 1, "retryAttempts": [PASSED, FAILED]}, 2, (FIRST, Attempt("PASS", "", "", 0.25))),
        ({"retryAttempts": [FAILED]}, 2, (FIRST, Attempt("PASS", "", "", 0.75))),
        ({"retries": 1, "retryAttempts": [{"attempt": 1, "status": "broken"}]}, 2, ()),
        ({"retries": "many", "retryAttempts": "all"}, 1, ()),
    ],
)
def test_ctrf_counts_retries(tmp_path: Path, told: dict[str, Any], tries: int, attempts: tuple[Attempt, ...]) -> None:
    path = tmp_path / "ctrf.json"
    tests = [{"name": "a", "status": "passed", "duration": 750, **told}]
    path.write_text(
        json.dumps({"results": {"tool": {"name": "t"}, "summary": {"start": 1772366400000}, "tests": tests}})
    )
    (line,) = lines(path).values()
    assert (line.tries, line.attempts) == (tries, attempts)
