"""The backup file: a zip of the database as SQL text, the runs' files as they lie on the disk, and a manifest.

Zip, because each member has a checksum, its list of members stands at the end (half a file is none), and anybody can
open it without livewall: `unzip -p FILE database.sql | psql ...`.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from livewall_dashboard.base.errors import Misconfigured

DATABASE = "database.sql"
MANIFEST = "manifest.json"
ARTIFACTS = "artifacts/"
"""What the members begin with that are files of runs; the rest of the name is their place below the data folder's."""
FORMAT = 1

_PLACE = re.compile(r"([a-z_]+-[0-9a-f-]{1,64}|\d{1,10})/[0-9a-f]{32}(\.[0-9a-f]{32})?\.gz")


class Replaced(msgspec.Struct):
    """A file that was uploaded anew while the backup was made: what the backup has in place of what its row says.

    `place`: where its row says that it lies; "" in backups of releases with one place for each name of a run.
    """

    run_id: int | None
    name: str
    size: int
    sha256: str
    place: str = ""


class Manifest(msgspec.Struct):
    """What is in the backup, to compare with what comes out of it.

    `rows`: of each table. `size`: bytes of the database on its disk. `files`, `file_bytes`: files of runs; `missing` of
    them were not on the disk any more.
    """

    made_at: str
    livewall: str
    postgres: int
    migrations: list[str]
    rows: dict[str, int]
    size: int
    files: int = 0
    file_bytes: int = 0
    missing: int = 0
    replaced: list[Replaced] = []
    format: int = FORMAT

    @property
    def told(self) -> str:
        """In a line, for people."""
        counts = f"{self.rows.get('run', 0):,} runs, {self.rows.get('result', 0):,} results, {self.files:,} files"
        return f"{counts} as of {self.made_at[:19].replace('T', ' ')} UTC"


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup to read. Raises `Misconfigured` for a file that is none, and for damage found while it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, _manifest(archive, path)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        if str(error.filename) != str(path):
            raise
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise Misconfigured(
            f"{path} is no backup, or a damaged one ({error}). Take another one: nothing of it was restored."
        ) from None


def artifact_places(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """The files of runs with their places below the folder of such files. Raises `BadZipFile` for any other place."""
    for member in archive.infolist():
        if member.filename.startswith(ARTIFACTS):
            place = member.filename.removeprefix(ARTIFACTS)
            if not _PLACE.fullmatch(place):
                raise zipfile.BadZipFile(f"there is a member {member.filename[:100]!r}")
            yield member, place


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
        archive.getinfo(DATABASE)
    except (KeyError, msgspec.MsgspecError):
        raise Misconfigured(f"{path} is no backup of livewall: it lacks {MANIFEST} or {DATABASE}.") from None
    if manifest.format > FORMAT:
        raise Misconfigured(f"{path} is livewall {manifest.livewall}'s: restore it with that one or a later one.")
    return manifest
