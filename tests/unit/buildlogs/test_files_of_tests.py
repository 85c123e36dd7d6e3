"""What testing programs and analysers write into files of their own: JUnit XML, meson's testlog.json, SARIF."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from livewall_dashboard.buildlogs.model import Report
from livewall_dashboard.buildlogs.sarif import MOST
from support.build_reports import GOOD, read_members

NOTHING = b"ninja: Entering directory\n"
JUNIT = b"""<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="frob" tests="4">
<testcase classname="frob.core" name="adds" time="0.1"/>
<testcase classname="frob.core" name="divides"><failure message="1/0">at x.c:3 &lt;core&gt;</failure></testcase>
<testcase name="old"><skipped message="no display"/></testcase>
<testcase name="dies"><skipped/><error message="SIGSEGV"/><system-out>chatter</system-out></testcase>
</testsuite></testsuites>
"""


def report_of(folder: Path, check: bytes = NOTHING, **members: bytes) -> Report:
    named = {name.replace("__", "."): content for name, content in members.items()}
    return read_members({**GOOD, "make-check.log": check, **named}, folder)


def words(report: Report) -> list[tuple[str, str]]:
    return [(test.name, test.word) for test in report.tests]


def test_junit(tmp_path: Path) -> None:
    report = report_of(tmp_path, frob__xml=JUNIT)
    assert words(report) == [
        ("frob.core.adds", "PASS"), ("frob.core.divides", "FAIL"), ("old", "SKIP"), ("dies", "ERROR"),
    ]  # fmt: skip
    messages = {test.name: test.message for test in report.tests}
    assert messages["frob.core.divides"] == "1/0\nat x.c:3 <core>" and messages["old"] == "no display"
    assert "There are no tests." not in report.notes


@pytest.mark.parametrize(
    ("content", "tests", "said"),
    [
        (JUNIT[:300], 2, "cannot be read to its end: unclosed token"),
        (b"\x00\xff", 0, "cannot be read to its end"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><testcase name="&b;"/>', 0, "cannot be read to its end: it defines entities"),
        (b'<?xml version="1.0" encoding="none"?><a/>', 0, "cannot be read to its end"),
    ],
)
def test_xml_that_is_cut_or_hostile_is_said(content: bytes, tests: int, said: str, tmp_path: Path) -> None:
    report = report_of(tmp_path, x__xml=content)
    assert len(report.tests) == tests and any(note.startswith(f"x.xml {said}") for note in report.notes)
    assert report.missing_tests == (tests > 0), "what came after is missing"


def meson(*tests: tuple[str, str]) -> bytes:
    lines = [{"name": name, "result": word, "stdout": f"{name} said\n", "env": {"A": "b"}} for name, word in tests]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def test_meson_writes_the_same_three_times(tmp_path: Path) -> None:
    output = b"1/3 frob:unit / adds    OK      0.01s\n2/3 frob:unit / divides    FAIL    0.01s\n"
    log = meson(("adds", "OK"), ("divides", "FAIL"), ("later", "INTERRUPT"), ("odd", "UNEXPECTEDPASS"))
    report = report_of(tmp_path, output, testlog__json=log + b"no json\n", testlog__junit__xml=JUNIT)
    assert words(report) == [("adds", "PASS"), ("divides", "FAIL"), ("later", "ERROR"), ("odd", "XPASS")]
    assert report.tests[1].message == "divides said"
    assert "testlog.json has 1 lines that are no test." in report.notes


def sarif(*results: object, tool: str = "cppcheck") -> bytes:
    """`tool` behind the results, as where keys are sorted."""
    run = {"results": results, **({"tool": {"driver": {"name": tool, "rules": [{"name": "x"}]}}} if tool else {})}
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


def result(level: str | None, text: str, line: int = 3) -> dict[str, object]:
    place = {"physicalLocation": {"artifactLocation": {"uri": "src/x.c"}, "region": {"startLine": line}}}
    return {
        "ruleId": "null-dereference",
        "message": {"text": text},
        "locations": [place],
        **({"level": level} if level else {}),
    }


def test_what_an_analyser_found_is_a_warning(tmp_path: Path) -> None:
    report = report_of(
        tmp_path, lint__sarif=sarif(result("error", "p is NULL"), result(None, "q may be"), result("note", "see here"))
    )
    found = [seen.diagnostic for seen in report.diagnostics.values()]
    assert [(one.kind, one.flag, one.file, one.line, one.text) for one in found] == [
        ("warning", "null-dereference", "src/x.c", 3, "p is NULL"),
        ("warning", "null-dereference", "src/x.c", 3, "q may be"),
    ]


@pytest.mark.parametrize(("tool", "step"), [("cppcheck", "cppcheck"), ("", "lint"), (" ", "lint")])
def test_what_an_analyser_found_is_of_the_analyser(tool: str, step: str, tmp_path: Path) -> None:
    report = report_of(tmp_path, lint__sarif=sarif(result("error", "p is NULL"), tool=tool))
    assert [seen.step for seen in report.diagnostics.values()] == [step]


def test_analysers_of_one_file_are_told_apart(tmp_path: Path) -> None:
    runs = [run for tool in ("gcc", "clang") for run in json.loads(sarif(result("error", tool), tool=tool))["runs"]]
    report = report_of(tmp_path, lint__sarif=json.dumps({"runs": runs}).encode())
    assert [(seen.step, seen.diagnostic.text) for seen in report.diagnostics.values()] == [
        ("gcc", "gcc"),
        ("clang", "clang"),
    ]


def test_a_result_of_several_places_is_at_its_first(tmp_path: Path) -> None:
    at = {
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": f"{name}.c"}, "region": {"startLine": line}}}
            for name, line in (("x", 3), ("y", 4))
        ]
    }
    report = report_of(tmp_path, lint__sarif=sarif({**result(None, "odd"), **at}))
    assert [(seen.diagnostic.file, seen.diagnostic.line) for seen in report.diagnostics.values()] == [("x.c", 3)]


@pytest.mark.parametrize("odd", [{"ruleId": 5}, {"message": []}, {"locations": {"a": 1}}, {"level": [{}]}])
def test_odd_values_of_a_result_are_left_out(odd: dict[str, object], tmp_path: Path) -> None:
    report = report_of(tmp_path, lint__sarif=sarif({**result("error", "x", -1), **odd}, 5, [], None))
    (seen,) = report.diagnostics.values()
    assert seen.diagnostic.line == 0 and not any("lint.sarif" in note for note in report.notes)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "premature EOF"), (b"[" * 5000, "nested deeper"), (b" " * (MOST + 1), "16 MiB each are read"),
        (b"{}", "no runs"),
        (b"", ""), (b'{"runs": [' + b"9" * 5000, ""), (b"\xff\xfe", "lexical error"),
    ],
)  # fmt: skip
def test_sarif_that_cannot_be_read_is_said(content: bytes, why: str, tmp_path: Path) -> None:
    report = report_of(tmp_path, lint__sarif=content)
    assert not report.diagnostics
    assert any(note.startswith("lint.sarif cannot be read to its end: ") and why in note for note in report.notes)


def test_what_was_found_before_a_file_ends_in_the_middle_stays(tmp_path: Path) -> None:
    report = report_of(tmp_path, lint__sarif=sarif(result("error", "first"), result("error", "second"))[:-150])
    assert [seen.diagnostic.text for seen in report.diagnostics.values()] == ["first"]
    assert any(note.startswith("lint.sarif cannot be read to its end: ") for note in report.notes)
