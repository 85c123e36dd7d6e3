"""What `make test` says at its end, of which its exit code comes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner import results, summary

PASSED = '<testcase classname="a" name="passes"/>'
SKIPPED = '<testcase classname="a" name="skipped"><skipped message="no such part"/></testcase>'
FAILED = '<testcase classname="a" name="fails"><failure message="assert 1 == 2&#10;more"/></testcase>'
BROKEN = '<testcase classname="a" name="breaks"><error message="no server"/></testcase>'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(results, "COVERAGE_REPORT", tmp_path / "coverage.txt")
    return tmp_path


def ran(check: str, result: str, *cases: str, again: str = "") -> None:
    report = {"sessions": [{"name": check, "result": result, "duration": 12.0}]}
    results.report_of(check).write_text(json.dumps(report), encoding="utf-8")
    if cases:
        results.file_of(check).write_text(f"<testsuites>{''.join(cases)}</testsuites>", encoding="utf-8")
    if again:
        results.again_of(check).write_text(f"<testsuites>{again}</testsuites>", encoding="utf-8")


def told(capsys: pytest.CaptureFixture[str], *checks: str) -> tuple[int, list[str]]:
    code = summary.show(checks, 90.0, everything=False)
    return code, capsys.readouterr().out.splitlines()


def test_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    ran("lint", "success")
    ran("unit", "success", PASSED, SKIPPED)
    code, lines = told(capsys, "lint", "unit")
    assert (code, lines[-2:]) == (0, ["1.5 minutes", "2 passed, 0 failed"])
    assert "skipped  1 x no such part" in lines


@pytest.mark.parametrize("fault", [FAILED, BROKEN])
def test_what_fails_twice_has_failed(capsys: pytest.CaptureFixture[str], fault: str) -> None:
    ran("unit", "failed", PASSED, fault, again=fault)
    code, lines = told(capsys, "unit")
    assert (code, lines[-1]) == (1, "1 passed, 1 failed")


def test_what_passes_when_it_is_run_again_is_named_with_its_fault(capsys: pytest.CaptureFixture[str]) -> None:
    ran("unit", "success", PASSED, FAILED, again='<testcase classname="a" name="fails"/>')
    code, lines = told(capsys, "unit")
    assert (code, lines[-1]) == (0, "2 passed, 0 failed")
    assert "UNSTEADY unit: a.fails passed when it was run again alone; before: assert 1 == 2" in lines


def test_one_that_passes_again_is_no_excuse_for_another(capsys: pytest.CaptureFixture[str]) -> None:
    ran("unit", "failed", FAILED, BROKEN, again=f'<testcase classname="a" name="fails"/>{BROKEN}')
    code, lines = told(capsys, "unit")
    assert (code, lines[-1]) == (1, "1 passed, 1 failed")


def test_a_check_that_ended_badly_has_failed_whatever_its_tests_say(capsys: pytest.CaptureFixture[str]) -> None:
    ran("unit", "failed", PASSED)
    code, lines = told(capsys, "unit")
    assert (code, lines[-1]) == (1, "1 passed, 1 failed")


def test_a_check_that_did_not_run_has_failed(capsys: pytest.CaptureFixture[str]) -> None:
    ran("unit", "success", PASSED)
    code, lines = told(capsys, "unit", "browser")
    assert (code, lines[-1]) == (1, "1 passed, 1 failed")
