"""Runs made of JUnit XML, CTRF and output.json: what a file says is stored, once, never green where it lacks some."""

from __future__ import annotations

import os
from datetime import timezone
from pathlib import Path

import pytest

from livewall_dashboard.base.errors import Conflict, LivewallError
from livewall_dashboard.importing.model import Unreadable
from livewall_dashboard.importing.times import Clock
from support.import_lab import ZONE, ImportLab
from support.imported import read_imported
from support.oracle import assert_equal, read_output
from support.outputs import Case, Suite

UNIT = Path(__file__).parents[2] / "unit" / "importing"
UTC = Clock(timezone.utc)
FILES = sorted((UNIT / "foreign").iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_a_run_once_and_another_setup_s_is_another(lab: ImportLab, path: Path) -> None:
    first = lab.take_in(path, setup="vm1", commit="c0ffee", clock=UTC)
    assert first.is_new and not first.is_partial
    run = lab.database.run(first.key)
    assert (run["state"], run["verification"], run["status"]) == ("finished", "verified", "FAIL")
    assert_equal(read_imported(path, timezone.utc), lab.database.record(first.key))
    held = lab.everything()
    again = lab.take_in(path, setup="vm1", clock=UTC)
    assert (again.key, again.is_new, again.change) == (first.key, False, None)
    assert lab.everything() == held
    other = lab.take_in(path, setup="vm2", clock=UTC)
    assert other.is_new and other.key != first.key
    assert_equal(read_imported(path, timezone.utc), lab.database.record(first.key))


def test_a_copy_that_was_written_later_is_the_same_run(lab: ImportLab, tmp_path: Path) -> None:
    path = tmp_path / "TEST-demo.xml"
    path.write_bytes((UNIT / "foreign" / "maven-surefire.xml").read_bytes())
    first = lab.take_in(path, setup="vm1")
    assert "does not say when it ran" in first.note
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert lab.take_in(path, setup="vm1").change is None


def test_what_a_file_counts_and_does_not_hold_is_missing(lab: ImportLab, tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text('<testsuite name="s" tests="2" errors="1"><testcase name="a"/></testsuite>')
    told = lab.take_in(path, setup="vm1")
    assert told.is_partial and "It counts 1 failed test and holds none." in told.note
    run = lab.database.run(told.key)
    assert (run["state"], run["verification"], run["status"]) == ("finished", "partial", "FAIL")
    path.write_text('<testsuite name="s" tests="2"/>')
    run = lab.database.run(lab.take_in(path, setup="vm1").key)
    assert (run["verification"], run["status"], run["missing"]) == ("partial", None, 2)


@pytest.mark.parametrize(
    "words",
    [
        '<testsuite name="s" tests="2" errors="1">{}</testsuite>',  # of a class's setup, say
        '<testsuite name="s"><testsuite name="t" tests="2">{}<error message="No database"/></testsuite></testsuite>',
        '<testsuites tests="2" failures="1"><testsuite name="s" tests="2">{}</testsuite></testsuites>',
    ],
)
def test_a_failure_that_no_test_stands_for_is_no_missing_test(lab: ImportLab, tmp_path: Path, words: str) -> None:
    path = tmp_path / "report.xml"
    path.write_text(words.format('<testcase name="a"/><testcase name="b"/>'))
    run = lab.database.run(lab.take_in(path, setup="vm1").key)
    assert (run["verification"], run["status"]) == ("partial", "FAIL")
    assert (run["missing"], run["missing_failures"]) == (0, 1)


def test_a_run_is_named_and_belongs_to_one_setup(lab: ImportLab) -> None:
    gtest, pytest_s = UNIT / "foreign" / "gtest.xml", UNIT / "foreign" / "pytest.xml"
    assert lab.take_in(gtest, setup="vm1", run="nightly-7").key == "nightly-7"
    assert lab.take_in(gtest, setup="vm1", run="nightly-7").change is None
    with pytest.raises(Unreadable, match="of setup vm1, not of vm2"):
        lab.take_in(gtest, setup="vm2", run="nightly-7")
    with pytest.raises(Conflict, match="this file does not have"):
        lab.take_in(pytest_s, setup="vm1", run="nightly-7")
    with pytest.raises(LivewallError, match="on which setup it ran"):
        lab.take_in(gtest)


def test_a_reported_run_is_not_touched(lab: ImportLab) -> None:
    path = lab.output(Suite("Root", [Case("A")]))
    lab.report(lab.events(path), path, run="run-1", setup="vm1")
    with pytest.raises(Conflict, match="reported by its node"):
        lab.take_in(UNIT / "foreign" / "gtest.xml", setup="vm1", run="run-1")


@pytest.mark.parametrize("name", ["robot-7.5.json", "rebot-7.5.json"])
def test_output_json_is_what_output_xml_is(lab: ImportLab, name: str) -> None:
    path = UNIT / "outputs" / name
    told = lab.take_in(path, setup="vm1", clock=Clock(ZONE))
    assert_equal(read_output(path, ZONE), lab.database.record(told.key))
    assert lab.take_in(path, setup="vm1", clock=Clock(ZONE)).change is None


def test_output_json_completes_a_run_that_its_node_reported(lab: ImportLab) -> None:
    path = UNIT / "outputs" / "robot-7.5.json"
    lab.report(lab.events(path)[:-5], path, setup="vm1")
    told = lab.take_in(path)
    assert told.key == "run-1" and told.change is not None
    lab.holds("run-1", path)
