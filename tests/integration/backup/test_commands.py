"""`livewall backup` and `livewall restore`, as an administrator types them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from livewall_dashboard.cli import cli
from livewall_dashboard.postgres.embedded import EmbeddedPostgres
from livewall_dashboard.postgres.migrations import migrate
from support.backup_lab import Filled, content


def livewall(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_a_folder_of_backups_keeps_the_newest(filled: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("livewall-20250101-020000.zip", "livewall-20250102-020000.zip", "livewall-before-the-move.zip"):
        (folder / name).touch()
    done = livewall("backup", folder, "--keep", 2, "--database-url", filled.url, "--data", filled.data)
    assert done.exit_code == 0, done.output
    oldest, *rest = sorted(path.name for path in folder.iterdir())
    assert oldest == "livewall-20250102-020000.zip", "one of the two by date is gone"
    (new,) = set(rest) - {"livewall-before-the-move.zip"}
    assert f"{folder / new}: 3 runs, 5 results, 2 files as of 20" in done.output
    with zipfile.ZipFile(folder / new) as archive:
        assert archive.testzip() is None
    assert (filled.data / "last_backup").exists()
    refused = livewall("backup", folder / new, "--keep", 2, "--database-url", filled.url, "--data", filled.data)
    assert (refused.exit_code, "--keep is for a folder" in refused.output) == (2, True)


def test_the_one_just_made_stays_whatever_the_clock_said_before(filled: Filled, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for year in (2098, 2099):
        (folder / f"livewall-{year}0101-020000.zip").touch()
    assert livewall("backup", folder, "--keep", 1, "--database-url", filled.url, "--data", filled.data).exit_code == 0
    made, left = sorted(folder.iterdir())
    assert (zipfile.is_zipfile(made), left.name) == (True, "livewall-20990101-020000.zip")


def test_a_folder_without_a_database_is_not_made_into_one(tmp_path: Path) -> None:
    refused = livewall("backup", tmp_path / "wall.zip", "--data", tmp_path / "typo")
    assert (refused.exit_code, "There is no database in" in refused.output) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_wall_at_rest_is_backed_up_and_moved(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "old") as url:
        migrate(url)
        before = content(url)
    assert livewall("backup", tmp_path / "wall.zip", "--data", tmp_path / "old").exit_code == 0
    done = livewall("restore", tmp_path / "wall.zip", "--data", tmp_path / "new")
    assert done.exit_code == 0, done.output
    assert f"livewall up --data {tmp_path / 'new'}" in done.output
    with EmbeddedPostgres(tmp_path / "new") as url:
        assert content(url) == before
    again = livewall("restore", tmp_path / "wall.zip", "--data", tmp_path / "new")
    assert (again.exit_code, "replaces nothing" in again.output) == (1, True)
