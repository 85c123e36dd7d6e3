"""What `livewall import` says, and with which exit code: a line a file, never a stack trace."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from psycopg.conninfo import make_conninfo

from livewall_dashboard.cli import cli
from livewall_dashboard.history.retention.rules import set_retention
from livewall_dashboard.lab.retention import RetentionRule, rules_in_force
from support.import_lab import ImportLab
from support.lab import NODE_ZONE
from support.outputs import Case, Suite

RUN = Suite("Root", [Case("A"), Case("B", "FAIL", "No")])


@pytest.fixture(autouse=True)
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def call(lab: ImportLab, *args: object) -> Result:
    words = ["import", "--database-url", lab.lab.database.url, *map(str, args)]
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def test_each_file_gets_a_line_and_one_bad_one_does_not_hold_up_the_others(lab: ImportLab) -> None:
    path = lab.output(RUN)
    packed = lab.output(Suite("Packed", [Case("Only")]))
    packed.write_bytes(gzip.compress(packed.read_bytes()))
    broken = lab.output(Suite("Broken"))
    broken.write_text(broken.read_text().replace("<robot", "<robot<"))
    result = call(lab, "--setup", "vm1", "--timezone", NODE_ZONE, path, broken, packed)
    assert result.exit_code == 1
    first, second, summary = result.stdout.splitlines()
    assert summary == "3 files: 2 imported, 0 with nothing new, 1 broken."
    assert first.startswith(f"{path}: run file-") and first.endswith(" on vm1 is new: 2 tests, verified.")
    assert second.startswith(f"{packed}: run file-") and second.endswith(" on vm1 is new: 1 test, verified.")
    assert result.stderr.startswith(f"{broken}: It is not XML: ")
    again = call(lab, path, packed)
    assert again.exit_code == 0
    assert [line.partition(" on vm1: ")[2] for line in again.stdout.splitlines()[:-1]] == [
        "nothing was missing; 2 tests, verified.",
        "nothing was missing; 1 test, verified.",
    ]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--run", "a", "one.xml", "two.xml"], "--run names one run"),
        (["--run", "../a", "one.xml"], "A run id is"),
        (["--setup", "a\nb", "one.xml"], "A setup's name is"),
        (["--timezone", "Mars/Olympus", "one.xml"], "'Mars/Olympus' is no time zone"),
        (["--timezone", "../etc/passwd", "one.xml"], "is no time zone"),
        (["not-there.xml"], "not-there.xml: It cannot be read: No such file or directory."),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_is_said(lab: ImportLab, args: list[str], words: str) -> None:
    result = call(lab, *args)
    assert result.exit_code != 0 and words in result.stderr and result.stdout == ""


def test_a_disk_without_room_is_said(lab: ImportLab, temporary_files: Path) -> None:
    temporary_files.rmdir()
    result = call(lab, lab.output(RUN))
    assert (
        result.exit_code == 1 and "It cannot be kept in the folder for temporary files: No such file" in result.stderr
    )


def test_a_database_that_is_away_is_said(lab: ImportLab) -> None:
    url = make_conninfo(lab.lab.database.url, dbname="none_there")
    result = CliRunner().invoke(cli, ["import", "--database-url", url, str(lab.output(RUN))], catch_exceptions=False)
    assert result.exit_code != 0 and "Traceback" not in result.output and "none_" in result.stderr


def test_a_file_older_than_runs_are_kept_is_skipped_with_a_word(lab: ImportLab) -> None:
    path = lab.output(RUN)
    rules = rules_in_force([RetentionRule(timedelta(days=30), branch="main"), RetentionRule(last=1)], timedelta(days=7))
    with lab.lab.database.connection() as connection:
        set_retention(connection, rules)
    result = call(lab, "--setup", "vm1", "--branch", "main", "--timezone", NODE_ZONE, path)
    assert (result.exit_code, "longer ago than such runs are kept here (branch main: 30 days)" in result.output) == (
        0,
        True,
    )
    assert lab.lab.rows("SELECT key FROM run") == []
    kept = call(lab, "--setup", "vm1", "--branch", "x", "--timezone", NODE_ZONE, path)
    assert (kept.exit_code, len(lab.lab.rows("SELECT key FROM run"))) == (0, 1), "the last one, however old"
