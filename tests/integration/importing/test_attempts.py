"""Tests that were tried several times are one result each, with its attempts."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_dashboard.history.store import Store
from support.import_lab import ImportLab

MERGED = Path(__file__).parents[2] / "unit" / "importing" / "merged"
NEXTEST = """<testsuites name="app"><testsuite name="app" tests="1" timestamp="2026-03-01T12:00:00Z">
<testcase name="flaky" time="0.5"><flakyFailure message="first" time="0.25">first</flakyFailure></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def store(lab: ImportLab) -> Store:
    return Store(lab.lab.database)


@pytest.mark.parametrize("name", ["rebot-3.2-merged", "rebot-7.4-nested"])
def test_a_file_of_rebot_merge_gives_results_with_attempts(lab: ImportLab, store: Store, name: str) -> None:
    key = lab.take_in(MERGED / f"{name}.xml", setup="vm1").key
    tests = {row["name"]: row for row in store.tests(key)[0]}
    tried = tests["Fails then passes"]
    assert (tried["status"], tried["outcome"], tried["attempts"], tried["failed_attempts"]) == ("PASS", "passed", 3, 2)
    assert tried["message"].startswith('*HTML* <span class="merge">'), "as the file has it"
    assert (tests["Passes"]["attempts"], tests["Passes"]["failed_attempts"]) == (3, 0)
    rows, _ = store.attempts(key, test=tried["id"])
    assert [(row["no"], row["status"], row["message"][:28]) for row in rows] == [
        (1, "FAIL", 'first <b>&amp; "quoted" try '),
        (2, "FAIL", 'first <b>&amp; "quoted" try '),
        (3, "PASS", ""),
    ]
    assert store.run(key)["counts"]["total"] == 6


def test_a_run_that_was_imported_before_gets_its_attempts(lab: ImportLab, store: Store) -> None:
    path = MERGED / "rebot-7.4-merged.xml"
    key = lab.take_in(path, setup="vm1").key
    before = store.attempts(key)
    assert lab.take_in(path, setup="vm1").change is None
    with lab.lab.database.connection() as connection:
        connection.execute("DELETE FROM attempt")
        connection.execute("UPDATE result SET attempts = NULL")
    change = lab.take_in(path, setup="vm1").change
    assert change is not None
    assert change.tests_repaired == 5
    assert store.attempts(key) == before
    assert store.run(key)["verification"] == "verified"


def test_tries_of_other_formats_are_stored(lab: ImportLab, store: Store) -> None:
    path = lab.directory / "junit.xml"
    path.write_text(NEXTEST, encoding="utf-8")
    key = lab.take_in(path, setup="vm1").key
    (row,) = store.tests(key, attempts=2)[0]
    assert (row["status"], row["failed_attempts"]) == ("PASS", 1)
    rows, _ = store.attempts(key)
    assert [(row["status"], row["message"], row["elapsed_time"]) for row in rows] == [
        ("FAIL", "first", 0.25), ("PASS", "", None)]  # fmt: skip
