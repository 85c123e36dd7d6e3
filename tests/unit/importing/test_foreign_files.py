"""Files that the tools themselves have written, of each dialect, and what is made of them; and what is none of them."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from datetime import timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from livewall_dashboard.importing import model
from livewall_dashboard.importing.model import Output, SuiteLine, Unreadable, Unrecognized
from livewall_dashboard.importing.read_file import read_file
from livewall_dashboard.importing.times import Clock
from livewall_listener import wire

FILES = Path(__file__).with_name("foreign")


def read(path: Path, clock: Clock | None = None) -> tuple[Output, list[model.TestLine], list[SuiteLine]]:
    lines: list[model.TestLine | SuiteLine] = []
    output = read_file(path, lines.append, clock or Clock(timezone.utc))
    tests = [line for line in lines if isinstance(line, model.TestLine)]
    return output, tests, sorted((line for line in lines if isinstance(line, SuiteLine)), key=lambda line: line.no)


def text(tmp_path: Path, content: str | bytes, name: str = "report.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "run", "start", "expected"),
    [
        (
            "pytest.xml",
            "pytest tests",
            "2026-11-29T09:01:31.210041",
            {
                "test_x.test_ok": "PASS",
                "test_x.test_xfail": "SKIP",
                "test_x.test_skip": "SKIP",
                "test_x.test_err": "FAIL",
                "test_x.TestA.test_p[1]": "PASS",
                "test_x.TestA.test_p[2]": "FAIL",
            },
        ),
        (
            "gtest.xml",
            "AllTests",
            "2026-11-29T09:01:39.975000",
            {
                "Sum.Adds": "PASS",
                "Sum.Fails": "FAIL",
                "Sum.DISABLED_Later": "SKIP",
                "Sum.Skips": "SKIP",
                "All/P.Even/0": "PASS",
                "All/P.Even/1": "PASS",
            },
        ),
        (
            "jest-junit.xml",
            "jest tests",
            "2026-11-29T09:01:52.000000",
            {
                "addition.addition adds": "PASS",
                "addition.addition fails": "FAIL",
                "addition.addition later": "SKIP",
                "addition.addition todo": "PASS",
            },
        ),
        (
            "go-junit-report.xml",
            "go-junit-report",
            "2026-03-01T10:00:00.000000",
            {
                "example.com/lab/pump.TestOpen": "PASS",
                "example.com/lab/pump.TestClose/fast": "FAIL",
                "example.com/lab/pump.TestSkip": "SKIP",
                "example.com/lab/valve.TestTurn": "PASS",
            },
        ),
        (
            "gotestsum.xml",
            "gotestsum",
            "2026-03-01T12:00:00.000000",
            {
                "example.com/lab/pump.TestOpen": "PASS",
                "example.com/lab/pump.TestClose": "FAIL",
                "example.com/lab/valve.TestMain": "FAIL",
            },
        ),
        (
            "jest-ctrf.json",
            "jest",
            "2026-11-29T09:01:52.826000",
            {
                "sum.test.js.addition.addition adds": "PASS",
                "sum.test.js.addition.addition fails": "FAIL",
                "sum.test.js.addition.addition later": "SKIP",
                "sum.test.js.addition.addition todo": "SKIP",
            },
        ),
        (
            "maven-surefire.xml",
            "demo.SumTest",
            None,
            {
                "demo.SumTest.adds": "PASS",
                "demo.SumTest.fails": "FAIL",
                "demo.SumTest.breaks": "FAIL",
                "demo.SumTest.skipped": "SKIP",
                "demo.SumTest.flaky": "PASS",
            },
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_each_dialect(name: str, run: str, start: str | None, expected: dict[str, str]) -> None:
    output, tests, suites = read(FILES / name)
    assert {line.longname: line.status for line in tests} == expected
    assert (output.name, output.tests, len(suites)) == (run, len(expected), output.suites)
    assert output.foreign is not None and output.foreign.has_start is (start is not None)
    assert output.start == start or start is None
    counts = Counter(line.status for line in tests)
    root = suites[0]
    assert (root.id, root.longname, root.tests) == ("s1", run, len(expected))
    assert (root.passed, root.failed, root.skipped) == (counts["PASS"], counts["FAIL"], counts["SKIP"])
    known = {suite.id: suite for suite in suites}
    assert len({line.id for line in tests}) == len(tests)
    for line in tests:
        above = known[wire.suite_id_of(line.id)]
        assert above.id == "s1" or line.longname == f"{above.longname}.{line.name}"


def messages(name: str) -> dict[str, str]:
    return {line.name: line.message[0] for line in read(FILES / name)[1]}


def test_messages_are_said_once() -> None:
    told = messages("pytest.xml")
    assert told["test_p[2]"].startswith("AssertionError: n is <two>\nassert 2 == 1\n\nself = <test_x.TestA object")
    assert told["test_skip"] == "why" and told["test_xfail"] == "known"
    told = messages("maven-surefire.xml")
    assert told["fails"].startswith("org.opentest4j.AssertionFailedError: expected: <3> but was: <2>\n\tat org")
    assert told["skipped"] == "later" and told["adds"] == ""
    told = messages("gtest.xml")
    assert told["Fails"].count("g.cc:3") == 2 and "Which is: 2\nbad\n\ng.cc:3\n" in told["Fails"]
    assert messages("jest-ctrf.json")["addition fails"].startswith("Error: expect(received).toBe(expected)")


def test_durations_and_lines() -> None:
    _, tests, suites = read(FILES / "maven-surefire.xml")
    assert (tests[0].elapsed, suites[0].elapsed) == (1100.021, 1102.064)
    _, tests, _ = read(FILES / "gtest.xml")
    assert [line.lineno for line in tests] == [2, 3, 4, 5, 7, 7]


def test_times_without_a_zone_are_the_node_s_but_for_jest_s() -> None:
    clock = Clock(ZoneInfo("Europe/Helsinki"))
    assert read(FILES / "gtest.xml", clock)[0].start == "2026-11-29T07:01:39.975000"
    assert read(FILES / "jest-junit.xml", clock)[0].start == "2026-11-29T09:01:52.000000"


def test_a_file_that_does_not_say_when_it_ran_is_of_when_it_was_written(tmp_path: Path) -> None:
    path = shutil.copy(FILES / "maven-surefire.xml", tmp_path)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert read(Path(path))[0].start == "2023-11-14T22:13:20.000000"


def test_classes_of_a_suite_in_any_order_are_one_each(tmp_path: Path) -> None:
    cases = "".join(f'<testcase classname="{name}" name="t{no}"/>' for no, name in enumerate("abab"))
    path = text(tmp_path, f'<testsuites><testsuite name="pytest">{cases}</testsuite></testsuites>')
    _, tests, suites = read(path)
    assert [line.id for line in tests] == ["s1-s1-t1", "s1-s2-t1", "s1-s1-t2", "s1-s2-t2"]
    assert [(suite.longname, suite.tests) for suite in suites] == [("pytest", 4), ("a", 2), ("b", 2)]


def test_suites_in_suites_and_what_is_in_a_test_that_looks_like_a_result(tmp_path: Path) -> None:
    inner = (
        '<testsuite name="in"><testcase name="t"><system-out>&lt;x&gt;<failure/></system-out></testcase></testsuite>'
    )
    path = text(tmp_path, f'<testsuites name="all"><testsuite name="out">{inner}</testsuite></testsuites>')
    _, (line,), _ = read(path)
    assert (line.id, line.longname, line.status) == ("s1-s1-s1-t1", "out.in.t", "PASS")


@pytest.mark.parametrize(
    ("content", "tests", "failed"),
    [
        ('<testsuite name="s" tests="3" failures="1" errors="1"/>', 3, 2),
        ('<testsuite name="s"><testcase name="a"/><error message="its setup"/></testsuite>', 0, 1),
        ('<testsuite name="s"><error/><testcase name="a"><failure/></testcase></testsuite>', 0, 0),
        ('<testsuite name="s" tests="1" errors="1"><testcase name="a"/></testsuite>', 0, 1),
        ('<testsuite name="s" tests="0"/>', 0, 0),
        ('{"results": {"tool": {"name": "x"}, "summary": {"tests": 2, "failed": 1}, "tests": []}}', 2, 1),
    ],
)
def test_what_a_file_counts_and_does_not_hold(tmp_path: Path, content: str, tests: int, failed: int) -> None:
    foreign = read(text(tmp_path, content))[0].foreign
    assert foreign is not None and (foreign.tests, foreign.failed) == (tests, failed)


DEEP = 5000
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><testsuites name="&b;"/>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<testsuites><testsuite>", "not whole"),
        ("<testsuites>\x01</testsuites>", "not whole"),
        (BOMB, "document type declaration"),
        ("<testsuite>" * DEEP, "nested deeper"),
        ("<testsuites>" + "<testsuite name='s'>" * 299, "not whole"),
        ("<project/>", "root element is <project>"),
        ('{"generator": "Robot 7.5", "suite": {"name": "S"', "ends in the middle"),
        ('{"generator": "Robot 7.5", "suite": [1]}', "something else where an object"),
        ('{"generator": "Robot 7.5", "suite": {"name": 3}}', "something else where a text"),
        ('{"generator": "Robot 7.5", "suite": {"tests": [{"status": "GREEN"}]}}', "status of test"),
        ('{"generator": "Robot 7.5"}', "holds no suite"),
        ('{"generator": "Robot 7.5", "suite": {"metadata": {"a": ' + "[" * DEEP, "nested deeper|ends in the middle"),
        ('{"results": {"tool": {}}}', "no list of tests"),
        ('{"results": {"tests": [{"name": "a", "status": "green"}]}}', "CTRF does not know"),
        ('{"results": {"tests": [{"name": "a", "status": "passed"}]', "ends in the middle"),
        ('{"results": {"tests": nonsense', "no JSON|ends in the middle"),
        ('{"name": "package"}', "neither robot's output.json nor CTRF"),
    ],
    ids=lambda value: value[:40],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(text(tmp_path, content))


def test_what_lies_beside_results_is_told_apart(tmp_path: Path) -> None:
    for content in ('{"name": "package"}', "<project/>", "<!DOCTYPE html><html>"):
        with pytest.raises(Unrecognized):
            read(text(tmp_path, content))


def test_other_encodings_and_marks_of_byte_order(tmp_path: Path) -> None:
    declared = '<?xml version="1.0" encoding="utf-16"?><testsuite name="ä"><testcase name="ö"/></testsuite>'
    assert read(text(tmp_path, declared.encode("utf-16")))[1][0].longname == "ä.ö"
    content = (FILES / "jest-ctrf.json").read_bytes()
    assert read(text(tmp_path, b"\xef\xbb\xbf" + content))[0].tests == 4


def test_a_test_with_endless_failures_is_cut(tmp_path: Path) -> None:
    failure = f"<failure message='m'>{'x' * 400_000}</failure>"
    _, (line,), _ = read(text(tmp_path, f"<testsuite name='s'><testcase name='t'>{failure * 5}</testcase></testsuite>"))
    assert len(line.message[0]) <= wire.MAX_TEXT and line.message[1] > 900_000
