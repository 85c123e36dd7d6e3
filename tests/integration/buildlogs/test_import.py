"""`livewall import` takes build reports that were kept: files, and folders of them."""

from __future__ import annotations

import bz2
import dataclasses
import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from livewall_dashboard.artifacts.model import Owner
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.settings import artifacts_below
from livewall_dashboard.cli import cli
from livewall_dashboard.lab import Lab
from livewall_dashboard.lab.model import ReportLimits
from livewall_dashboard.postgres.database import Database
from support.build_reports import GOOD, packed, real, tar_of
from support.walls import wall_on


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


def call(database_url: str, data: Path, *args: object) -> Result:
    words = ["import", "--database-url", database_url, "--data", str(data), *map(str, args)]
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def reports(database_url: str) -> list[Any]:
    with psycopg.connect(database_url) as connection:
        return connection.execute(
            "SELECT project, version, setup, status, run_id FROM build_report ORDER BY 1, 2"
        ).fetchall()


def test_folder_of_reports(database_url: str, tmp_path: Path, folder: Path) -> None:
    (folder / "hello-2.10.pretest-build-report.tar.bz2").write_bytes(real("hello"))
    (folder / "frob.tar.gz").write_bytes(gzip.compress(tar_of(GOOD)))
    (folder / "frob.tar.xz").write_bytes(lzma.compress(tar_of({**GOOD, "input.txt": b"BASENAME=frob-1.3\n"})))
    (folder / "broken.tar.bz2").write_bytes(real("hello")[:9000])
    (folder / "other.tar.bz2").write_bytes(bz2.compress(b"no tar" * 1000))
    result = call(database_url, tmp_path / "data", "--label", "farm=basement", folder)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "5 files: 3 imported, 0 with nothing new, 2 broken."
    assert "on porter1 is new: 5 tests, verified. ok: 5 tests, 4 passed, 1 skipped" in result.stdout
    assert "broken.tar.bz2: its bzip2 data ends in the middle" in result.stderr
    assert [row[:4] for row in reports(database_url)] == [
        ("frob", "1.2", "porter1", "ok"), ("frob", "1.3", "porter1", "ok"), ("hello", "2.10", "porter1", "ok"),
    ]  # fmt: skip
    again = call(database_url, tmp_path / "data", folder / "frob.tar.gz")
    assert (again.exit_code, len(reports(database_url))) == (0, 3)
    assert "nothing was missing" in again.stdout


def test_files_of_an_imported_report_can_be_opened(database_url: str, tmp_path: Path, folder: Path) -> None:
    path = folder / "x.tar.bz2"
    path.write_bytes(packed(GOOD))
    result = call(database_url, tmp_path / "data", "--setup", "porter-9", "--json", path)
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)["files"]
    assert (found["setup"], found["counts"]["passed"]) == ("porter-9", 2)
    database = Database(database_url)
    database.open()
    try:
        number = reports(database_url)[0][4]
        opened = ArtifactStore(database, artifacts_below(tmp_path / "data")).open(Owner.run(number), "make.log")
        assert opened is not None
        with opened[1] as file:
            assert gzip.decompress(file.read()) == b"gcc -c frob.c\n"
    finally:
        database.close()


def test_limits_are_those_of_the_walls_configuration(database_url: str, tmp_path: Path, folder: Path) -> None:
    (folder / "many.tar.bz2").write_bytes(packed({**GOOD, **{f"{no}.txt": b"" for no in range(120)}}))
    data = tmp_path / "data"
    data.mkdir()
    (data / "setups_config.json").write_text('{"setups": [], "reports": {"max_files": 100}}')
    refused = call(database_url, data, folder)
    assert refused.exit_code == 1 and "more than 100" in refused.stderr
    (data / "setups_config.json").write_text('{"setups": [], "reports": {"max_files": 500}}')
    assert call(database_url, data, folder).exit_code == 0


def test_limits_of_a_wall_whose_configuration_lies_elsewhere(database_url: str, tmp_path: Path, folder: Path) -> None:
    (folder / "many.tar.bz2").write_bytes(packed({**GOOD, **{f"{no}.txt": b"" for no in range(120)}}))
    data = tmp_path / "data"
    data.mkdir()
    (data / "setups_config.json").write_text('{"setups": [], "reports": {"max_files": 500}}')
    wall = wall_on(database_url, dataclasses.replace(Lab.of([]), reports=ReportLimits(members=100)), data=data)
    wall.start()
    wall.stop()

    refused = call(database_url, data, folder)

    assert refused.exit_code == 1 and "more than 100" in refused.stderr
