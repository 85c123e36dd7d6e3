"""`livewall import` of folders: what is in them, once, with what options and paths say, whatever else lies there."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from livewall_dashboard.cli import cli
from livewall_dashboard.importing.importer import Importer
from support.import_lab import ImportLab
from support.lab import NODE_ZONE
from support.outputs import Case, Suite, write

ROOT = Suite("Root", [Case("A"), Case("B", "FAIL", "No")])


def call(lab: ImportLab, *args: object) -> Result:
    words = ["import", "--database-url", lab.lab.database.url, "--timezone", NODE_ZONE, *map(str, args)]
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def put(path: Path, root: Suite = ROOT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(path, root)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of two setups with the very same run, one other, one broken file, and what is no file of results."""
    top = tmp_path / "results"
    for name in ("vm1/main", "vm2/main"):
        put(top / name / "output.xml")
    put(top / "vm2" / "dev" / "output.xml", Suite("Other", [Case("C")]))
    broken = put(top / "vm1" / "dev" / "output.xml")
    broken.write_text(broken.read_text().replace("<robot", "<robot<"))
    (top / "vm1" / "pom.xml").write_text("<project/>")
    (top / "vm1" / "notes.txt").write_text("x")
    return top


PATTERN = r"results/(?P<setup>[^/]+)/(?P<branch>[^/]+)/"


def runs(lab: ImportLab) -> list[dict[str, Any]]:
    return lab.lab.rows(
        "SELECT s.name AS setup, r.name, r.branch, r.status, c.labels, k.hash "
        "FROM run r JOIN setup s ON s.id = r.setup_id "
        "JOIN configuration c ON c.id = r.configuration_id LEFT JOIN commit k ON k.id = r.commit_id ORDER BY 1, 2"
    )


def test_a_folder_with_what_its_paths_and_the_options_say(lab: ImportLab, folder: Path) -> None:
    said = ("--path-pattern", PATTERN, "--commit", "c0ffee", "--version", "2.3", "--label", "board=pico")
    result = call(lab, *said, folder)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "5 files: 3 imported, 0 with nothing new, 1 broken, 1 skipped."
    assert result.stderr.startswith(f"{folder}/vm1/dev/output.xml: It is not XML: ") and result.stderr.count("\n") == 1
    labels = {"version": "2.3", "board": "pico"}
    assert runs(lab) == [
        {"setup": setup, "name": name, "branch": branch, "status": status, "labels": labels, "hash": "c0ffee"}
        for setup, name, branch, status in (
            ("vm1", "Root", "main", "FAIL"), ("vm2", "Other", "dev", "PASS"), ("vm2", "Root", "main", "FAIL"),
        )
    ]  # fmt: skip
    before = lab.everything()
    (folder / "vm1" / "dev" / "output.xml").unlink()
    again = call(lab, *said, folder)
    assert (again.exit_code, again.stderr) == (0, "")
    assert again.stdout.splitlines()[-1] == "4 files: 0 imported, 3 with nothing new, 1 skipped."
    assert lab.everything() == before


def test_one_setup_s_file_never_touches_another_s_run(lab: ImportLab, folder: Path) -> None:
    """Their runs are equal to the microsecond; one of them was reported, and lacks a test."""
    path = folder / "vm1" / "main" / "output.xml"
    lab.report(lab.events(path)[:-3], path, setup="vm1")
    held = lab.database.record("run-1")
    result = call(lab, "--setup", "vm2", folder / "vm2" / "main" / "output.xml")
    assert result.exit_code == 0 and "on vm2 is new" in result.stdout
    assert lab.database.record("run-1") == held
    assert "run run-1 on vm1: " in call(lab, "--setup", "vm1", path).stdout
    lab.holds("run-1", path)


def test_programs_get_one_document(lab: ImportLab, folder: Path) -> None:
    result = call(lab, "--path-pattern", PATTERN, "--json", folder)
    assert (result.exit_code, result.stderr) == (1, "")
    told = json.loads(result.stdout)
    assert {name: told[name] for name in ("imported", "nothing_new", "broken", "skipped")} == {
        "imported": 3, "nothing_new": 0, "broken": 1, "skipped": 1,
    }  # fmt: skip
    files = {str(Path(file["path"]).relative_to(folder)): file for file in told["files"]}
    assert files["vm1/dev/output.xml"]["result"] == "broken" and "line" in files["vm1/dev/output.xml"]["reason"]
    new = files["vm1/main/output.xml"]
    assert (new["result"], new["setup"], new["tests"], new["is_new"], new["reason"]) == (
        "imported",
        "vm1",
        2,
        True,
        None,
    )
    told = json.loads(call(lab, "--json", "--setup", "vm1", folder / "vm1", folder / "none.xml").stdout)
    assert [(Path(file["path"]).name, file["result"]) for file in told["files"]] == [
        ("pom.xml", "skipped"), ("output.xml", "broken"), ("output.xml", "nothing_new"), ("none.xml", "broken"),
    ]  # fmt: skip


@pytest.mark.parametrize("said", [("--suite", "nightly"), ("--path-pattern", "(?P<suite>nightly)")])
def test_a_new_run_is_of_the_suite_that_is_said(lab: ImportLab, tmp_path: Path, said: tuple[str, str]) -> None:
    assert call(lab, "--setup", "vm1", *said, put(tmp_path / "nightly" / "output.xml")).exit_code == 0
    assert lab.lab.rows("SELECT suite, name FROM run") == [{"suite": "nightly", "name": "Root"}]


def test_a_file_whose_path_says_nothing_is_skipped_and_named(lab: ImportLab, folder: Path) -> None:
    result = call(lab, "--path-pattern", "results/(?P<setup>vm2)/main", folder / "vm?" / "main" / "*.xml")
    assert result.exit_code == 0
    assert "vm1/main/output.xml: --path-pattern does not match its path." in result.stdout
    assert [run["setup"] for run in runs(lab)] == ["vm2"]


def test_on_a_terminal_there_is_a_bar(lab: ImportLab, folder: Path) -> None:
    ours, theirs = pty.openpty()
    database = ("--database-url", lab.lab.database.url)
    words = [sys.executable, "-m", "livewall_dashboard", "import", *database, "--path-pattern", PATTERN, str(folder)]
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=theirs, text=True, timeout=60, check=False)
        shown = terminal.read(100_000).decode()
        os.close(theirs)
    assert done.returncode == 1
    assert "Importing" in shown and "5/5" in shown and "vm1/dev/output.xml: It is not XML" in shown
    assert done.stdout.splitlines() == [
        f"{folder}/vm1/pom.xml: --path-pattern does not match its path.",
        "5 files: 3 imported, 0 with nothing new, 1 broken, 1 skipped.",
    ]


def test_a_database_that_goes_away_ends_it_at_once(
    lab: ImportLab, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Importer.run
    calls: list[Path] = []

    def away_at_the_second(importer: Importer, path: Path, *rest: Any) -> Any:
        calls.append(path)
        if len(calls) == 2:
            importer._connection.close()
        return run(importer, path, *rest)

    monkeypatch.setattr(Importer, "run", away_at_the_second)
    (folder / "vm1" / "dev" / "output.xml").unlink()
    (folder / "vm1" / "pom.xml").unlink()
    result = call(lab, "--path-pattern", PATTERN, folder)
    assert len(calls) == 2 and result.exit_code == 1
    assert "1 imported" in result.stdout and "The database is away" in result.stderr
