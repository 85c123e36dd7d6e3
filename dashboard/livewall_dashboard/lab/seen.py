"""Files as they were when they were read: whether they have changed since."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

Signature = tuple[object, ...]

LARGEST = 4 * 1024 * 1024
"""Bytes; no configuration and no secret is larger."""


def signature(path: Path) -> Signature:
    """Another one when the file, or what a symbolic link leads to, has been written, replaced, removed or opened up."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        return (type(error).__name__, getattr(error, "errno", None))
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@dataclass(slots=True)
class SeenFiles:
    """Reads files and remembers which. `of`: their signatures, taken right before they were read."""

    of: dict[Path, Signature] = field(default_factory=dict)

    def read(self, path: Path) -> bytes:
        """Raises OSError, also for what is no file (reading a device or a pipe might never end)."""
        self.note(path)
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(0, "it is not a file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise OSError(0, f"it is larger than {LARGEST // 2**20} MB")
        return content

    def note(self, path: Path) -> None:
        self.of[path] = signature(path)


def signatures(paths: Iterable[Path]) -> dict[Path, Signature]:
    return {path: signature(path) for path in paths}


def is_open_to_all(path: Path) -> bool:
    """Whether every user of the machine may read the file."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def why(error: OSError) -> str:
    """The system's reason, as the end of a sentence."""
    return (error.strerror or os.strerror(error.errno or 0)).lower()
