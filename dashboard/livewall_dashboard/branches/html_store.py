"""Pages of HTML that builds left: kept with their build, and handed out file by file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from livewall_dashboard.artifacts.model import Owner
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.branches.html_archive import BLOCK, HtmlFile, read
from livewall_dashboard.branches.queries import QUERIES
from livewall_dashboard.postgres.database import Database

OWNER = "branch_build"
NAME = "html.tar"
"""Of the archive among the files of a build."""


@dataclass(frozen=True, slots=True)
class KeptFolder:
    """A folder of pages. `no`: of the step that wrote it. `trouble`: why it is not kept, "" where it is."""

    folder: str
    no: int
    coverage: float | None = None
    trouble: str = ""


class HtmlStore:
    """Raises Unavailable while Postgres is away, or for the disk."""

    def __init__(self, database: Database, artifacts: ArtifactStore) -> None:
        self._database = database
        self._artifacts = artifacts

    def keep(self, number: int, archive: Path, files: Sequence[HtmlFile], folders: Sequence[KeptFolder]) -> None:
        """Of a build; the same again changes nothing."""
        if files:
            with archive.open("rb") as file:
                blocks = iter(lambda: file.read(BLOCK), b"")
                self._artifacts.put(_owner(number), NAME, blocks, packed=True)
        with self._database.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(QUERIES["put_html_file"], [{"number": number, **asdict(each)} for each in files])
            cursor.executemany(QUERIES["put_html"], [{"number": number, **asdict(each)} for each in folders])

    def open(self, number: int, path: str) -> tuple[int, Iterator[bytes]] | None:
        """How many bytes a file has, and these a block at a time; None where there is none."""
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["html_file"], {"number": number, "path": path}).fetchone()
        found = self._artifacts.open(_owner(number), NAME) if row else None
        if row is None or found is None:
            return None
        return row["size"], _blocks(found[1], row["start"], row["size"])


def _blocks(archive: BinaryIO, start: int, size: int) -> Iterator[bytes]:
    with archive:
        yield from read(archive, start, size)


def _owner(number: int) -> Owner:
    return Owner(OWNER, str(number))
