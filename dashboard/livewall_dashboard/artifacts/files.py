"""The files on the disk: what is on its way (`.part`), and what is whole, in a place of its own that stays as it is.

All of this may block: call it through `Database.offload`.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO as RawFile
from pathlib import Path
from typing import BinaryIO

from livewall_dashboard.artifacts.gzip_files import Found, inspect, require_hash
from livewall_dashboard.artifacts.model import Owner, WrongOffset, stem_of
from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.postgres.disk_space import free_bytes

log = logging.getLogger(__name__)

MIN_FREE = 256 * 1024 * 1024
"""Bytes that uploads leave free on the disk: the database may live there too."""
STALE_PART_SECONDS = 7 * 24 * 3600
PART = ".part"

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OF_ONE_REQUEST = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{32}\.gz\.part")
"""What a whole upload writes to: of no use to anybody once its request is over."""


class Files:
    """The files below `directory`. Raises Unavailable where the disk does not take them."""

    def __init__(self, directory: Path):
        self._directory = directory

    def require_room(self, size: int = 0) -> None:
        if free_bytes(self._directory) < size + MIN_FREE:
            raise _unavailable("The dashboard's disk is nearly full.")

    def new_place(self, owner: Owner, name: str) -> str:
        """Where nothing has been and nothing else will ever be."""
        return f"{owner.folder}/{stem_of(name)}.{secrets.token_hex(16)}.gz"

    def part_of(self, place: str) -> Path:
        """What will be the file at this place."""
        return self._directory / f"{place}{PART}"

    def part_of_chunks(self, owner: Owner, name: str, sha256: str) -> Path:
        """Where the chunks of one file gather, whoever sends them."""
        return self._directory / owner.folder / f"{stem_of(name)}.{sha256}{PART}"

    def claim(self, part: Path) -> RawFile | None:
        """The part, for its holder alone until it is closed; None while somebody else has it.

        The claim is the kernel's: it holds among threads, green ones and processes, and ends with its holder.
        """
        with _told():
            part.parent.mkdir(parents=True, exist_ok=True)
            file = part.open("a+b", buffering=0)
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if part.stat().st_ino == os.fstat(file.fileno()).st_ino:
                return file
        file.close()  # held by another, or what the other has just made a whole file of
        return None

    def append(self, file: RawFile, chunk: bytes, start: int) -> int:
        """-> the size of a claimed part afterwards. A chunk that came before changes nothing. Raises WrongOffset."""
        size = file.seek(0, os.SEEK_END)
        if start + len(chunk) <= size:
            return size
        if start != size:
            raise WrongOffset(f"{size} bytes have arrived, go on from there.", detail={"expected_offset": size})
        write_all(file, chunk)
        return size + len(chunk)

    def check(self, file: RawFile, sha256: str | None) -> Found:
        """Reads a part through that is complete, and makes sure that it is on the disk. Raises Invalid, TooLarge."""
        with _told():
            os.fsync(file.fileno())
            file.seek(0)
            found = inspect(file)
        require_hash(sha256, found.sha256)
        return found

    def offer(self, part: Path, place: str) -> None:
        """A row may lead to this place from now on; the part stays under its own name, too, until that is certain."""
        with _told():
            os.link(part, self.part_of(place))

    def settle(self, place: str) -> None:
        """A row leads to this place: what is offered there gets its name. It is found even where that fails."""
        target = self._directory / place
        try:
            self.part_of(place).rename(target)
            sync_folder(target.parent)
        except FileNotFoundError:
            pass  # the next upload of its name was quicker, and has removed it
        except OSError as error:
            log.warning("%s stays a part until the next start: %s", target, error)

    def open(self, place: str) -> BinaryIO:
        """Raises FileNotFoundError."""
        with suppress(FileNotFoundError):
            return (self._directory / place).open("rb")
        with suppress(FileNotFoundError):
            return self.part_of(place).open("rb")  # its row is stored, and it is about to get its name
        return (self._directory / place).open("rb")

    def has(self, place: str) -> bool:
        return (self._directory / place).exists() or self.part_of(place).exists()

    def remove(self, place: str) -> None:
        """No row leads there any more. Raises OSError."""
        path = self._directory / place
        self.part_of(place).unlink(missing_ok=True)  # first, lest it gets its name in between, and stays
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()  # unless others are in it

    def discard(self, part: Path) -> None:
        with suppress(OSError):
            part.unlink(missing_ok=True)

    def parts(self) -> Iterator[Path]:
        return self._directory.glob(f"*/*{PART}")

    def place_of(self, part: Path) -> str:
        return str(part.relative_to(self._directory))[: -len(PART)]

    def is_left_over(self, part: Path, now: float) -> bool:
        """Whether nobody will go on with it: an upload whose request is over, or chunks that have not come for a week.

        Raises OSError.
        """
        if now - part.stat().st_mtime > STALE_PART_SECONDS:
            return True
        if not _OF_ONE_REQUEST.fullmatch(part.name):
            return False
        file = self.claim(part)
        if file is not None:
            file.close()
        return file is not None


def write_all(file: RawFile, data: bytes) -> None:
    """Unbuffered, so that nothing is left to be written when the disk refuses it. Raises Unavailable."""
    rest = memoryview(data)
    with _told():
        while rest:
            rest = rest[file.write(rest) :]


@contextmanager
def _told() -> Iterator[None]:
    """What the disk refuses is said to who sends, who keeps the file meanwhile, and to who reads the log."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        log.error("A file cannot be stored: %s", error)
        full = error.errno in _FULL
        raise _unavailable(f"The dashboard's disk {'is full' if full else 'takes no file'}.") from error


def _unavailable(message: str) -> Unavailable:
    return Unavailable(message, headers={"Retry-After": "60"})


def sync_folder(folder: Path) -> None:
    """What was named or renamed in it outlives a power cut from here on."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
