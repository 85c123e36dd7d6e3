"""Reports that the real script made of real builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_dashboard.buildlogs.model import Report, Step
from support import build_reports


@pytest.fixture
def report(request: pytest.FixtureRequest, tmp_path: Path) -> Report:
    return build_reports.read(build_reports.real(request.param), tmp_path)


def failed(report: Report) -> Step:
    (step,) = [step for step in report.steps if step.status == "failed"]
    assert step.first_error is not None
    return step


@pytest.mark.parametrize("report", ["hello"], indirect=True)
def test_hello_with_its_five_tests(report: Report) -> None:
    assert (report.project, report.version, report.status, report.host) == ("hello", "2.10", "ok", "porter1")
    assert str(report.system) == "Debian 12, x86_64, gcc 12.2"
    assert [(step.name, step.status) for step in report.steps] == [
        ("configure", "ok"),
        ("make", "ok"),
        ("make-check", "ok"),
    ]
    assert [(test.word, test.name) for test in report.tests] == [
        ("PASS", "tests/greeting-1"),
        ("SKIP", "tests/greeting-2"),
        ("PASS", "tests/hello-1"),
        ("PASS", "tests/last-1"),
        ("PASS", "tests/traditional-1"),
    ]
    assert "not a full moon" in report.tests[1].message
    assert len(report.answers) > 400 and report.answers["ac_cv_c_compiler_gnu"] == "yes"
    assert report.started_at == 1795949959 and report.ended_at >= report.started_at
    assert sum(step.elapsed_time or 0 for step in report.steps) == report.ended_at - report.started_at
    assert report.notes == []


@pytest.mark.parametrize("report", ["gzip"], indirect=True)
def test_tests_below_a_folder_are_counted_once(report: Report) -> None:
    assert len(report.tests) == 26 and {test.word for test in report.tests} == {"PASS"}
    assert {test.folder for test in report.tests} == {"tests"}
    assert (report.missing_tests, report.notes) == (0, [])


@pytest.mark.parametrize("report", ["configure_fails"], indirect=True)
def test_configure_fails_with_what_the_compiler_said_to_its_question(report: Report) -> None:
    assert report.status == "configure failed"
    error = failed(report).first_error
    assert error is not None
    assert error.diagnostic.text == "configure: error: libzorch was not found; install libzorch-dev"
    assert report.failed_check is not None
    assert report.failed_check.name == "for zorch_open in -lzorch"
    assert "/usr/bin/ld: cannot find -lzorch: No such file or directory" in report.failed_check.output
    assert report.parameters == {"configure_extra_params": "--with-zorch"}


@pytest.mark.parametrize("report", ["compile_fails"], indirect=True)
def test_parallel_build_with_keep_going_fails_of_its_first_error_not_of_its_end(report: Report) -> None:
    error = failed(report).first_error
    assert error is not None and report.status == "make failed"
    assert error.diagnostic.rank == 1 and error.diagnostic.file in {"src/other.c", "src/more.c"}
    place = error.at - error.starts_at
    assert f"{error.diagnostic.file}:{error.diagnostic.line}:" in error.context[place]
    assert len(error.context) > place + 5, "what follows is there, too"
    kinds = {(seen.diagnostic.kind, seen.diagnostic.file) for seen in report.diagnostics.values()}
    assert {("error", "src/other.c"), ("error", "src/more.c"), ("warning", "src/frob.c")} <= kinds


@pytest.mark.parametrize("report", ["link_fails"], indirect=True)
def test_link_fails_at_the_line_that_calls_it_below_the_folder_of_the_build(report: Report) -> None:
    error = failed(report).first_error
    assert error is not None
    assert (error.diagnostic.file, error.diagnostic.line) == ("src/more.c", 3)
    assert error.diagnostic.text == "undefined reference to `zorch_open'"


@pytest.mark.parametrize("report", ["results"], indirect=True)
def test_each_of_automakes_results_with_what_the_test_printed(report: Report) -> None:
    assert [(test.word, test.name) for test in report.tests] == [
        ("PASS", "tests/good.sh"),
        ("FAIL", "tests/bad.sh"),
        ("SKIP", "tests/skip.sh"),
        ("XFAIL", "tests/known.sh"),
        ("XPASS", "tests/surprise.sh"),
        ("ERROR", "tests/hard.sh"),
    ]
    bad = report.tests[1]
    assert bad.message.splitlines()[:2] == ["FAIL: not a result, but words of a test", "expected 3, got 4"]
    error = failed(report).first_error
    assert error is not None
    assert error.diagnostic.text == "FAIL: tests/bad.sh" and "expected 3, got 4" in error.context
    assert report.notes == []


@pytest.mark.parametrize("report", ["no_tests"], indirect=True)
def test_package_without_tests_is_said_to_have_none(report: Report) -> None:
    assert (report.status, report.tests, report.notes) == ("ok", [], ["There are no tests."])


@pytest.mark.parametrize("report", ["good"], indirect=True)
def test_warning_with_its_flag(report: Report) -> None:
    (seen,) = report.diagnostics.values()
    assert (seen.diagnostic.kind, seen.diagnostic.file, seen.diagnostic.flag) == (
        "warning",
        "src/frob.c",
        "-Wunused-variable",
    )
    assert (seen.step, seen.count) == ("make", 1)
