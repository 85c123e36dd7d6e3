"""Results of `make check` from whoever prints them, and what is said where they contradict each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_dashboard.buildlogs.model import Report
from support.build_reports import GOOD, read_members

SUM = """\
============================================================================
Testsuite summary for frob 1.2
============================================================================
# TOTAL: {total}
# PASS:  {passed}
# SKIP:  0
# XFAIL: 0
# FAIL:  {failed}
# XPASS: 0
# ERROR: 0
============================================================================
"""


def report_of(check: str, folder: Path, **members: str) -> Report:
    log = {"make-check.log": check.encode(), **{name: text.encode() for name, text in members.items()}}
    return read_members({**GOOD, **log}, folder)


def words(report: Report) -> list[tuple[str, str]]:
    return [(test.word, test.name) for test in report.tests]


def test_several_folders_are_summed_and_the_same_name_is_told_apart(tmp_path: Path) -> None:
    def folder(name: str) -> str:
        summary = SUM.format(total=1, passed=1, failed=0)
        return (
            f"make[1]: Entering directory '/b/{name}'\nPASS: basic\n{summary}make[1]: Leaving directory '/b/{name}'\n"
        )

    report = report_of(f"make: Entering directory '/b'\n{folder('lib')}{folder('src')}", tmp_path)
    assert words(report) == [("PASS", "lib/basic"), ("PASS", "src/basic")]
    assert (report.missing_tests, report.notes) == (0, [])


def test_same_name_twice_in_one_folder_gets_a_number(tmp_path: Path) -> None:
    assert words(report_of("PASS: a\nPASS: a\n", tmp_path)) == [("PASS", "a"), ("PASS", "a (2)")]


def test_summary_that_counts_more_than_is_named_leaves_tests_missing(tmp_path: Path) -> None:
    report = report_of("PASS: a\n" + SUM.format(total=3, passed=2, failed=1), tmp_path)
    assert (report.missing_tests, report.missing_failures) == (2, 1)
    assert report.notes == ["Of tests, what make check counts are 3, and 1 are named."]


def test_summary_that_counts_otherwise_is_shown(tmp_path: Path) -> None:
    report = report_of("PASS: a\nPASS: b\n" + SUM.format(total=2, passed=1, failed=1), tmp_path)
    assert (report.missing_tests, report.missing_failures) == (0, 1)
    assert "1 FAIL, where 0 are named" in report.notes[0]


def test_test_that_prints_automakes_headings_makes_no_test(tmp_path: Path) -> None:
    dump = "=====\n   frob 1.2: ./test-suite.log\n=====\n\n# TOTAL: 1\n\nFAIL: a\n=======\n\nFAIL: fake\nPASS: other\n"
    summary = SUM.format(total=1, passed=0, failed=1)
    report = report_of(
        f"FAIL: a\n{dump}{summary}", tmp_path, **{"test-suite.0.log": dump + "FAIL: spoof\n===========\nx\n"}
    )
    assert words(report) == [("FAIL", "a")]
    assert report.tests[0].message.startswith("FAIL: fake\nPASS: other")
    assert "test-suite.log has tests that make check does not name: spoof." in report.notes


@pytest.mark.parametrize(
    ("line", "total", "failed"),
    [
        ("2 of 5 tests failed", 5, 2),
        ("All 5 tests passed", 5, 0),
        ("1 test passed", 1, 0),
        ("All 3 tests behaved as expected (1 expected failure)", 3, 0),
        ("2 of 3 tests did not behave as expected (1 unexpected pass)", 3, 2),
    ],
)
def test_older_automake(line: str, total: int, failed: int, tmp_path: Path) -> None:
    report = report_of(f"====\n{line}\n====\n", tmp_path)
    assert (report.missing_tests, report.missing_failures) == (total, failed)


def test_dejagnu_by_its_sum_file(tmp_path: Path) -> None:
    sums = "Running x.exp ...\nPASS: one\nFAIL: two\nXFAIL: three\nKFAIL: four\nUNRESOLVED: five\nUNTESTED: six\n"
    check = "FAIL: two\n\n# of expected passes\t\t1\n# of unexpected failures\t1\n# of expected failures\t\t1\n"
    report = report_of(check, tmp_path, **{"x.sum": sums})
    assert words(report) == [
        ("PASS", "one"), ("FAIL", "two"), ("XFAIL", "three"), ("XFAIL", "four"), ("ERROR", "five"), ("SKIP", "six"),
    ]  # fmt: skip


def test_dejagnu_without_its_sum_file_has_tests_missing(tmp_path: Path) -> None:
    report = report_of("FAIL: two\n\n# of expected passes\t\t10\n# of unexpected failures\t1\n", tmp_path)
    assert (words(report), report.missing_tests) == ([("FAIL", "two")], 10)


def test_tap(tmp_path: Path) -> None:
    tap = (
        "1..6\nok 1 - one\nnot ok 2 - two\nok 3 # SKIP no net\nnot ok 4 - four # TODO later\nok 5 - five # TODO done\n"
    )
    report = report_of(tap, tmp_path)
    assert words(report) == [
        ("PASS", "one"), ("FAIL", "two"), ("SKIP", "test 3"), ("XFAIL", "four"), ("XPASS", "five"),
    ]  # fmt: skip
    assert report.missing_tests == 1


def test_ctest_and_meson(tmp_path: Path) -> None:
    ctest = (
        "      Start  1: alpha\n 1/2 Test  #1: alpha ............................   Passed    0.01 sec\n"
        " 2/2 Test #12: beta .............................***Failed    1.20 sec\n"
    )
    assert words(report_of(ctest, tmp_path)) == [("PASS", "alpha"), ("FAIL", "beta")]
    meson = "1/3 suite / alpha     OK     0.03s\n2/3 beta   EXPECTEDFAIL  0.1s   exit status 1\n3/3 c  TIMEOUT 30.00s\n"
    assert words(report_of(meson, tmp_path)) == [("PASS", "suite / alpha"), ("XFAIL", "beta"), ("FAIL", "c")]


def test_failing_test_of_a_step_that_ended_well_is_said(tmp_path: Path) -> None:
    report = report_of("FAIL: a\n", tmp_path)
    assert report.status == "ok" and report.notes == ["make check ended well, although tests did not."]


def test_program_of_the_tests_that_does_not_compile_is_the_first_error(tmp_path: Path) -> None:
    check = "t.c:3:1: error: no\nmake[1]: *** [t.o] Error 1\nFAIL: a\n"
    members = {**GOOD, "status": b"make-check failed", "make-check.log": check.encode()}
    del members["make-check.ok"]
    step = read_members(members, tmp_path).step("make-check")
    assert step is not None and step.first_error is not None
    assert step.first_error.diagnostic.file == "t.c"
