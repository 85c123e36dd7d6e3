"""What a build's job has left in its folder `artifacts`: files of results, files to be kept, marks between steps."""

from __future__ import annotations

import shutil
import tarfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from livewall_agent.archive_members import Member, members_of
from livewall_dashboard.artifacts.model import is_name
from livewall_dashboard.branches.build_job import MARKS
from livewall_dashboard.branches.html_archive import HtmlArchive, HtmlFile
from livewall_dashboard.branches.html_folders import INDEX, HtmlFolder, coverage_of, folder_of, folders_of, is_path

MOST_RESULTS = 200
MOST_KEPT = 100
MOST_BYTES = 4 * 1024 * 1024 * 1024
"""Of what is in the archive."""
MOST_MEMBERS = 100_000
"""Of the archive, folders among them."""
MOST_MARKS = 1_000_000
MOST_INDEX = 1024 * 1024
"""Bytes of an index of pages in which its coverage is looked for."""
BEGINNING = 4096
_RESULTS = (".xml", ".xml.gz")


@dataclass(slots=True)
class JobArtifacts:
    """`results` and `kept`: where a file lies, and what it is called. `html`: folders with pages of HTML.

    `trouble`: why some are missing.
    """

    marks: bytes = b""
    results: list[tuple[Path, str]] = field(default_factory=list)
    kept: list[tuple[Path, str]] = field(default_factory=list)
    html: list[HtmlFolder] = field(default_factory=list)
    trouble: str = ""


def unpack(archive: BinaryIO, folder: Path) -> JobArtifacts:
    """Plain files alone; `folder` is new. Raises OSError for the disk that is full."""
    found, nested = JobArtifacts(), dict[str, int]()
    try:
        for number, (packed, member, name) in enumerate(_files(archive, found)):
            if "/" in name and is_path(name):
                nested.setdefault(name, member.size)
            _take(packed, member, name, folder / f"{number}", found)
    except (tarfile.TarError, EOFError, zlib.error, ValueError, RecursionError) as error:
        found.trouble = f"what it left cannot be read: {error}"
    found.html = [HtmlFolder(each.path, found.trouble or each.trouble) for each in folders_of(nested)]
    return found


def pack_html(archive: BinaryIO, folders: Collection[str], target: BinaryIO) -> tuple[list[HtmlFile], dict[str, float]]:
    """Packs what is in these folders of a good archive -> its files, and by folder the coverage that the index says.

    Raises OSError for the disk that is full.
    """
    made, seen, coverage = HtmlArchive(target), set[str](), dict[str, float]()
    for packed, member, name in _files(archive, JobArtifacts()):
        folder = folder_of(name, folders)
        content: IO[bytes] | None = (
            packed.extractfile(member) if folder and is_path(name) and name not in seen else None
        )
        if content is None:
            continue
        seen.add(name)
        if name == f"{folder}/{INDEX}" and member.size <= MOST_INDEX:
            index = content.read(member.size)
            content = BytesIO(index)
            if (percent := coverage_of(index)) is not None:
                coverage[folder] = percent
        made.add(name, member.size, content)
    made.close()
    return made.files, coverage


def _files(archive: BinaryIO, found: JobArtifacts) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo, str]]:
    """Plain files with their names below the top folder. Where there are more than are looked at `found` says so."""
    left = MOST_BYTES
    with tarfile.open(fileobj=archive, mode="r|*", tarinfo=Member) as packed:
        for number, member in enumerate(members_of(packed)):
            left -= member.size
            if left < 0:
                found.trouble = "what it left is too large: files of results are missing"
                break
            if number >= MOST_MEMBERS:
                found.trouble = f"it left more than {MOST_MEMBERS} files: some of results are missing"
                break
            name = PurePosixPath(member.name)
            parts = name.parts[1:]
            if member.isfile() and parts and ".." not in parts:
                yield packed, member, "/".join(parts)


def _take(packed: tarfile.TarFile, member: tarfile.TarInfo, name: str, place: Path, found: JobArtifacts) -> None:
    is_result = name.lower().endswith(_RESULTS) and len(found.results) < MOST_RESULTS
    is_kept = is_name(name) and len(found.kept) < MOST_KEPT
    content = packed.extractfile(member) if is_result or is_kept or name == MARKS else None
    if content is None:
        return
    if name == MARKS:
        found.marks = content.read(MOST_MARKS)
        return
    with place.open("wb") as file:
        shutil.copyfileobj(content, file)
    if is_result:
        found.results.append((place, name))
    if is_kept:
        found.kept.append((place, name))


def is_of_robot(path: Path) -> bool:
    """Whether a file of results says itself which run it is of, as Robot Framework's does."""
    with path.open("rb") as file:
        return b"<robot" in file.read(BEGINNING)
