"""Create a backup: one moment of the database, and the runs' files that it names."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

import msgspec
import psycopg
from psycopg import sql

from livewall_dashboard.artifacts.files import Files, sync_folder
from livewall_dashboard.artifacts.gzip_files import inspect
from livewall_dashboard.backup.archive import ARTIFACTS, DATABASE, MANIFEST, Manifest, Replaced
from livewall_dashboard.backup.artifact_rows import ArtifactRow, artifact_rows, present_place
from livewall_dashboard.base.errors import Conflict, Misconfigured
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.postgres.copy_database import SPARE, errors_told, one
from livewall_dashboard.postgres.database import conninfo
from livewall_dashboard.postgres.disk_space import free_bytes
from livewall_dashboard.postgres.dump import BLOCK, dump_of, programs_for

_Connection = psycopg.Connection[Any]

TRIES = 5
"""Looks for a file that is replaced again and again."""

# However long a dump takes.
_PATIENT = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname
"""


def make_backup(url: str, artifacts: Path, target: Path, now: datetime) -> Manifest:
    """Write a backup of the database at `url` and of the files below `artifacts` to `target`, whole or not at all.

    The wall may run meanwhile: the database is as of one moment; files that were uploaded anew since are told apart.
    Raises `Conflict` where `target` is there or being written, `Unavailable`, and `Misconfigured` with what is missing.
    """
    with _aside(target) as file, zipfile.ZipFile(file, "w") as archive:
        manifest, rows = _write_database(archive, url, target.parent, now)
        with psycopg.connect(conninfo(url), autocommit=True) as later:
            for row in rows:
                _write_artifact(archive, _open(Files(artifacts), row, later), row, manifest, target.parent)
        if rows and manifest.missing == len(rows):
            raise Misconfigured(
                f"None of the {len(rows)} files of runs is below {artifacts}: name the wall's data folder with --data."
            )
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return manifest


@contextmanager
def _aside(target: Path) -> Iterator[BinaryIO]:
    """A file that only gets its name when it is whole and on the disk; for its owner's eyes alone.

    What a killed predecessor left is overwritten.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            _claim(file, part, target)
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                _require_absent(target)
                part.rename(target)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        sync_folder(target.parent)
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        raise Misconfigured(f"The backup {target} cannot be made: {error.strerror or error}{place}.") from error


def _claim(file: BinaryIO, part: Path, target: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_ours = part.stat().st_ino == os.fstat(file.fileno()).st_ino
    except (BlockingIOError, FileNotFoundError):
        is_ours = False
    if not is_ours:  # it has just been finished under its name, or is on its way there
        raise Conflict(f"Another backup is being written to {target}; wait until it is done.")
    try:
        _require_absent(target)
    except Conflict:
        part.unlink()
        raise
    file.truncate(0)


def _require_absent(target: Path) -> None:
    if target.exists():
        raise Conflict(f"{target} is there already; name another file.")


def _write_database(
    archive: zipfile.ZipFile, url: str, folder: Path, now: datetime
) -> tuple[Manifest, list[ArtifactRow]]:
    with errors_told(), psycopg.connect(conninfo(url, _PATIENT)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot = one(connection, "SELECT pg_export_snapshot()")
        if one(connection, "SELECT to_regclass('public.migration')") is None:
            raise Misconfigured("This database holds no livewall: there is nothing to back up.")
        server = connection.info.server_version // 10000
        with dump_of(programs_for(server), url, f"--snapshot={snapshot}") as text:
            _add(archive, DATABASE, text, folder, zipfile.ZIP_DEFLATED)
        manifest = Manifest(
            made_at=now.isoformat(),
            livewall=VERSION,
            postgres=server,
            migrations=[name for (name,) in connection.execute("SELECT name FROM migration ORDER BY name")],
            rows=row_counts(connection),
            size=int(one(connection, "SELECT pg_database_size(current_database())")),
        )
        return manifest, artifact_rows(connection)


def row_counts(connection: _Connection) -> dict[str, int]:
    """How many rows each table has, partitions counted with their table."""
    tables = [name for (name,) in connection.execute(_TABLES).fetchall()]
    count = sql.SQL("SELECT count(*) FROM {}")
    return {
        table: connection.execute(count.format(sql.Identifier("public", table))).fetchall()[0][0] for table in tables
    }


def _open(files: Files, row: ArtifactRow, later: _Connection) -> BinaryIO | None:
    """The row's file, or the one that has taken its place meanwhile; None where it is gone."""
    place: str | None = row.place
    for _ in range(TRIES):
        if place is None:
            return None
        try:
            return files.open(place)
        except FileNotFoundError:
            with errors_told():
                place = present_place(later, row)
    return None


def _write_artifact(
    archive: zipfile.ZipFile, source: BinaryIO | None, row: ArtifactRow, manifest: Manifest, folder: Path
) -> None:
    if source is None:
        manifest.missing += 1
        return
    with source:
        sha256 = _add(archive, f"{ARTIFACTS}{row.place}", source, folder, zipfile.ZIP_STORED)
        manifest.files += 1
        manifest.file_bytes += source.tell()
        if sha256 != row.sha256:
            source.seek(0)
            found = inspect(source)
            manifest.replaced.append(Replaced(row.run_id, row.name, found.size, found.sha256, row.place))


def _add(archive: zipfile.ZipFile, name: str, source: IO[bytes], folder: Path, packing: int) -> str:
    """Copies to the end of the archive -> SHA-256 of what it copied."""
    sha = hashlib.sha256()
    member = zipfile.ZipInfo(name, time.localtime()[:6])
    member.compress_type = packing
    with archive.open(member, "w", force_zip64=True) as out:
        while block := source.read(BLOCK):
            _require_space(folder)
            sha.update(block)
            out.write(block)
    return sha.hexdigest()


def _require_space(folder: Path) -> None:
    """The wall may live on this disk: a backup does not take its last megabytes."""
    free = free_bytes(folder)
    if free < SPARE:
        raise Misconfigured(
            f"The disk of {folder} is nearly full: {free // 2**20} MB are free. Make room, or back up to another disk."
        )
