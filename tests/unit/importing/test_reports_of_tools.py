"""Reports of the same tests by tools of several dialects: each status and message is what the tool says."""

from __future__ import annotations

from datetime import timezone
from pathlib import Path

import pytest

from livewall_dashboard.importing import model
from livewall_dashboard.importing.read_file import read_file
from livewall_dashboard.importing.times import Clock

TOOLS = Path(__file__).with_name("tools")
HARD = "first: Ärger ✗ <b> & ]]>"

Told = dict[str, tuple[str, str]]
"""Tests by their longname: status, and how the message begins; what follows are stack traces."""

REPORTS: dict[str, Told] = {
    "jest-junit.xml": {
        "pump.pump opens": ("PASS", ""),
        'pump.pump closes <fast> & "well"': (
            "FAIL",
            (
                "Error: expect(received).toEqual(expected) // deep equality\n\n- Expected  - 1\n+ Received  + 1\n\n"
                '  Object {\n-   "bar": 2,\n+   "bar": 1,\n  }\n    at Object.toEqual'
            ),
        ),
        "pump.pump says why: Ärger ✗": ("FAIL", "Error: first line\n  second <line> ]]> & so on\n    at "),
        "pump.pump later": ("SKIP", ""),
        "pump.pump some day": ("PASS", ""),  # a todo: it has nothing that tells it from one that passed
        "pump.pump valve turns 1 times": ("PASS", ""),
        "pump.pump valve turns 2 times": (
            "FAIL",
            "Error: expect(received).toBeLessThan(expected)\n\nExpected: < 2\nReceived:   2\n",
        ),
    },
    "jest-ctrf.json": {
        "pump.test.js.pump.pump opens": ("PASS", ""),
        'pump.test.js.pump.pump closes <fast> & "well"': (
            "FAIL",
            (
                "Error: expect(received).toEqual(expected) // deep equality\n\n- Expected  - 1\n+ Received  + 1\n\n"
                '  Object {\n-   "bar": 2,\n+   "bar": 1,\n  }\n\nat Object.toEqual'
            ),
        ),
        "pump.test.js.pump.pump says why: Ärger ✗": ("FAIL", "Error: first line\n  second <line> ]]> & so on\n"),
        "pump.test.js.pump.pump later": ("SKIP", ""),
        "pump.test.js.pump.pump some day": ("SKIP", ""),
        "pump.test.js.pump.valve.pump valve turns 1 times": ("PASS", ""),
        "pump.test.js.pump.valve.pump valve turns 2 times": (
            "FAIL",
            "Error: expect(received).toBeLessThan(expected)\n\nExpected: < 2\nReceived:   2\n",
        ),
    },
    "maven-surefire.xml": {
        "lab.PumpTest.breaks": ("FAIL", "java.lang.IllegalStateException: no power\n\tat lab.PumpTest.breaks("),
        "lab.PumpTest.closes": ("FAIL", f"{HARD}\nsecond expected:<1> but was:<2>\n\njava.lang.AssertionError: "),
        "lab.PumpTest.onlyOnBoards": ("SKIP", "no board here"),
        "lab.PumpTest.later": ("SKIP", "no valve here"),
        "lab.PumpTest.opens": ("PASS", ""),
        "lab.PumpTest.flickers": ("PASS", ""),
    },
    "gtest.xml": {
        "Pump.Opens": ("PASS", ""),
        "Pump.Closes": (
            "FAIL",
            (
                f"pump_test.cc:7\nExpected equality of these values:\n  1\n  2\n{HARD}\n\n"
                'pump_test.cc:8\nExpected equality of these values:\n  "a\\nb"\n  "a\\nc"\nWith diff:\n'
                "@@ -1,2 +1,2 @@\n a\n-b\n+c\n\nsecond"
            ),
        ),
        "Pump.Throws": ("FAIL", 'unknown file\nC++ exception with description "no power" thrown in the test body.'),
        "Pump.Skips": ("SKIP", "pump_test.cc:11\nno valve here"),
        "Pump.DISABLED_Later": ("SKIP", ""),
        "All/Valve.Turns/0": ("PASS", ""),
        "All/Valve.Turns/1": ("FAIL", "pump_test.cc:15\nExpected: (GetParam()) < (2), actual: 2 vs 2"),
    },
    "gotestsum.xml": {
        "example.com/lab/pump.TestClose/fast": (
            "FAIL",
            (
                f"Failed\n\n=== RUN   TestClose/fast\n    pump_test.go:10: {HARD}\n        second\n"
                "    pump_test.go:11: third\n    --- FAIL: TestClose/fast (0.00s)"
            ),
        ),
        "example.com/lab/pump.TestClose": ("FAIL", "Failed\n\n=== RUN   TestClose\n--- FAIL: TestClose (0.00s)"),
        "example.com/lab/pump.TestPanic": (
            "FAIL",
            "Failed\n\n=== RUN   TestPanic\n--- FAIL: TestPanic (0.00s)\npanic: no power [recovered]\n\tpanic: no ",
        ),
        "example.com/lab/pump.TestLater": (
            "SKIP",
            "=== RUN   TestLater\n    pump_test.go:16: no valve here\n--- SKIP: TestLater (0.00s)",
        ),
        "example.com/lab/pump.TestOpen": ("PASS", ""),
        "example.com/lab/pump.TestClose/slow_&_steady": ("PASS", ""),
    },
    "pytest.xml": {
        "test_pump.test_opens": ("PASS", ""),
        "test_pump.test_closes": (
            "FAIL",
            f"AssertionError: {HARD}\nassert 'a\\nb' == 'a\\nc'\n  \n    a\n  - c\n  + b\n\ndef test_closes():\n",
        ),
        "test_pump.test_later": ("SKIP", "no valve here"),
        "test_pump.test_known": ("SKIP", "known"),
        "test_pump.test_breaks": ("FAIL", 'failed on setup with "RuntimeError: no power"\n\n@pytest.fixture\n'),
        "test_pump.TestValve.test_turns[1]": ("PASS", ""),
        "test_pump.TestValve.test_turns[2]": ("FAIL", "assert 2 < 2\n\nself = "),
    },
    "pytest-ctrf.json": {
        "test_pump.py.test_pump.py::test_opens": ("PASS", ""),
        "test_pump.py.test_pump.py::test_closes": (
            "FAIL",
            f"AssertionError: {HARD}\nassert 'a\\nb' == 'a\\nc'\n  \n    a\n  - c\n  + b\n\ndef test_closes():\n",
        ),
        "test_pump.py.test_pump.py::test_later": ("SKIP", "no valve here"),
        "test_pump.py.test_pump.py::test_known": ("SKIP", '@pytest.mark.xfail(reason="known")\n'),
        "test_pump.py.test_pump.py::test_breaks": ("FAIL", "@pytest.fixture\n    def power():\n"),
        "test_pump.py.TestValve.test_pump.py::TestValve::test_turns[1]": ("PASS", ""),
        "test_pump.py.TestValve.test_pump.py::TestValve::test_turns[2]": ("FAIL", "self = <test_pump.TestValve"),
    },
}


def tests_of(name: str) -> list[model.TestLine]:
    lines: list[model.TestLine | model.SuiteLine] = []
    read_file(TOOLS / name, lines.append, Clock(timezone.utc))
    return [line for line in lines if isinstance(line, model.TestLine)]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_what_its_tool_says(name: str) -> None:
    expected = REPORTS[name]
    found = {test.longname: (test.status, test.message[0]) for test in tests_of(name)}
    assert {longname: status for longname, (status, _) in found.items()} == {
        longname: status for longname, (status, _) in expected.items()
    }
    begins = {longname: message[: len(expected[longname][1])] for longname, (_, message) in found.items()}
    assert begins == {longname: message for longname, (_, message) in expected.items()}
    silent = {longname for longname, (_, message) in expected.items() if not message}
    assert {longname for longname, (_, message) in found.items() if not message} == silent


def test_each_report_there_is_has_its_tests() -> None:
    assert {path.name for path in TOOLS.iterdir()} - {"README.md"} == set(REPORTS)


def test_what_surefire_ran_again_is_one_test_with_its_tries() -> None:
    tries = {test.name: [each.status for each in test.attempts] for test in tests_of("maven-surefire.xml")}
    assert {name: of_one for name, of_one in tries.items() if of_one} == {
        "breaks": ["FAIL", "FAIL"],
        "closes": ["FAIL", "FAIL"],
        "flickers": ["FAIL", "PASS"],
    }
