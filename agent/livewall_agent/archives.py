"""Archives of jobs: attachments that come with one, artifacts that it leaves. What comes is taken with care."""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path, PurePosixPath

from livewall_agent.archive_members import Member, members_of
from livewall_agent.errors import BadJob

MOST_FILES = 10_000
MOST_BYTES = 10_000_000_000
_PIECE = 1024 * 1024


def unpack(archive: Path, target: Path, most: float | None = None) -> None:
    """Plain files and folders alone, below `target`, which is new. Raises BadJob, OSError."""
    left = min(most or MOST_BYTES, MOST_BYTES)
    try:
        with tarfile.open(archive, "r|*", tarinfo=Member) as packed:
            for number, member in enumerate(members_of(packed), 1):
                left -= member.size
                if number > MOST_FILES or left < 0:
                    raise BadJob(f"the attachments are too large: at most {MOST_FILES} files, {MOST_BYTES} bytes")
                _take(packed, member, target)
    except (tarfile.TarError, EOFError, ValueError, RecursionError) as error:
        raise BadJob(f"the attachments cannot be unpacked: {error}") from None


def _take(packed: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    parts = [part for part in PurePosixPath(member.name).parts if part not in {"/", "."}]
    if ".." in parts:
        raise BadJob(f"the attachments hold {member.name!r}, which leads elsewhere")
    place = target.joinpath(*parts)
    if member.isdir():
        place.mkdir(parents=True, exist_ok=True)
        return
    content = packed.extractfile(member) if member.isfile() else None
    if content is None or not parts:
        raise BadJob(f"the attachments hold {member.name!r}, which is no plain file")
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        while piece := content.read(_PIECE):
            file.write(piece)
    place.chmod(0o755 if member.mode & stat.S_IXUSR else 0o644)


def pack(folder: Path, archive: Path) -> bool:
    """Plain files, folders and links as such; -> whether there was anything. Raises OSError."""
    if folder.is_symlink() or not folder.is_dir() or not any(folder.iterdir()):
        return False
    with tarfile.open(archive, "w:gz", compresslevel=6) as packed:
        packed.add(folder, arcname="artifacts", filter=_plain)
    return True


def pack_attachments(files: dict[str, Path], archive: Path) -> None:
    """`files`: by the name they get below `attachments/` on the agent. Raises OSError."""
    with tarfile.open(archive, "w:gz", compresslevel=6) as packed:
        for name, path in files.items():
            packed.add(path, arcname=name, recursive=True, filter=_plain)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Nobody's in particular. Pipes, sockets and devices stay where they are."""
    if not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
