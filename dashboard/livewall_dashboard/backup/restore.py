"""Restore a wall's data from a backup: made aside, compared with what the backup says of itself, put in place."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from livewall_dashboard.backup.archive import DATABASE, Manifest, artifact_places, opened
from livewall_dashboard.backup.artifact_rows import artifact_rows
from livewall_dashboard.backup.create import row_counts
from livewall_dashboard.base.errors import Conflict, Misconfigured
from livewall_dashboard.postgres.copy_database import check_space, errors_told, room_for
from livewall_dashboard.postgres.database import conninfo
from livewall_dashboard.postgres.dump import BLOCK, load, programs_for
from livewall_dashboard.postgres.embedded import EmbeddedPostgres, locked
from livewall_dashboard.postgres.migrations import known_migrations, migrate

STAGING = "restore.part"
"""The folder below the data folder where everything is made."""

_Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Restored:
    """`migrated`: migrations that the backup's schema lacked."""

    manifest: Manifest
    migrated: list[str]


def restore(file: Path, data: Path, url: str | None) -> Restored:
    """Bring a backup back: into the folder `data`, with a Postgres of its own there, or the empty database at `url`.

    Whatever ends it midway, `data` holds either all of it or nothing that a wall would take for its own. Raises
    `Conflict` where there is something already, `Misconfigured` for a file that is no backup or damaged, and for what
    is missing; `Unavailable`.
    """
    with opened(file) as (archive, manifest), _folder(data) as staging:
        _require_known(manifest, file)
        _require_unused(data, with_database=url is None)
        check_space(data, manifest.file_bytes + (room_for(manifest.size) if url is None else 0))
        files = _unpack(archive, staging / "artifacts")
        if url is not None:
            migrated = _fill(archive, manifest, files, url)
        else:
            with EmbeddedPostgres(staging) as own:
                migrated = _fill(archive, manifest, files, own)
        os.sync()
        _put_in_place(staging, data)
    return Restored(manifest, migrated)


@contextmanager
def _folder(data: Path) -> Iterator[Path]:
    """A new folder below the data folder, which nobody else uses meanwhile."""
    staging = data / STAGING
    try:
        data.mkdir(parents=True, exist_ok=True)
        with locked(data):
            shutil.rmtree(staging, ignore_errors=True)  # a killed predecessor's
            staging.mkdir()
            try:
                yield staging
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise Misconfigured(f"{data} cannot be used: {error.strerror or error}.") from error


def _require_known(manifest: Manifest, file: Path) -> None:
    unknown = sorted(set(manifest.migrations) - {migration.name for migration in known_migrations()})
    if unknown:
        raise Misconfigured(
            f"{file} was made by livewall {manifest.livewall}, whose database this one does not know "
            f"({', '.join(unknown)}). Restore it with that livewall or a later one."
        )


def _require_unused(data: Path, *, with_database: bool) -> None:
    taken = ["artifacts", *(["postgres"] if with_database else [])]
    for name in taken:
        place = data / name
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise Conflict(
                f"{place} is there already, and a restore replaces nothing. Name a new folder with --data, or move "
                "this one away."
            )


def _unpack(archive: zipfile.ZipFile, folder: Path) -> dict[str, str]:
    """The runs' files -> SHA-256 of each, by its place."""
    found = {}
    folder.mkdir()
    for member, place in artifact_places(archive):
        sha = hashlib.sha256()
        target = folder / place
        target.parent.mkdir(exist_ok=True)
        with archive.open(member) as source, target.open("wb") as out:
            while block := source.read(BLOCK):
                sha.update(block)
                out.write(block)
        found[place] = sha.hexdigest()
    return found


def _fill(archive: zipfile.ZipFile, manifest: Manifest, files: dict[str, str], url: str) -> list[str]:
    """The database, as it was, then brought up to date -> the migrations that took."""
    with errors_told(), psycopg.connect(conninfo(url), autocommit=True) as connection:
        if row_counts(connection):
            raise Conflict("The database holds tables already; restore into a new, empty one.")
        programs = programs_for(connection.info.server_version // 10000, newest=True)
        with archive.open(DATABASE) as text:
            load(programs, url, text)
        _compare_rows(manifest, row_counts(connection))
        with connection.transaction():
            _correct_replaced(connection, manifest)
        _compare_files(connection, manifest, files)
    return migrate(url)


_CORRECT = "UPDATE artifact SET size = %s, sha256 = %s WHERE place = %s"
_CORRECT_OLDER = "UPDATE artifact SET size = %s, sha256 = %s WHERE run_id = %s AND name = %s"


def _correct_replaced(connection: _Connection, manifest: Manifest) -> None:
    for file in manifest.replaced:
        if file.place:
            connection.execute(_CORRECT, [file.size, file.sha256, file.place])
        else:
            connection.execute(_CORRECT_OLDER, [file.size, file.sha256, file.run_id, file.name])


def _compare_rows(manifest: Manifest, rows: dict[str, int]) -> None:
    differing = [
        f"{table} has {rows.get(table, 0)} rows instead of {count}"
        for table, count in manifest.rows.items()
        if rows.get(table) != count
    ]
    if differing:
        raise _differs("; ".join(differing))


def _compare_files(connection: _Connection, manifest: Manifest, files: dict[str, str]) -> None:
    expected = {row.place: row.sha256 for row in artifact_rows(connection)}
    wrong = [place for place, sha256 in files.items() if expected.get(place) != sha256]
    if wrong or len(expected) - len(files) != manifest.missing:
        raise _differs(f"{len(files)} of {len(expected)} files of runs, {len(wrong)} of them with another content")


def _differs(how: str) -> Misconfigured:
    return Misconfigured(
        f"What was restored is not what was backed up: {how}. Take another backup; a database of yours that this one "
        "was restored into is to be dropped."
    )


def _put_in_place(staging: Path, data: Path) -> None:
    """The database last: a folder that has one is a wall's."""
    for name in ("artifacts", "postgres"):
        if (staging / name).exists():
            if (data / name).exists():
                (data / name).rmdir()
            (staging / name).rename(data / name)
