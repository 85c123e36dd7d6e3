"""Plain files: those of a job, read by an agent who may be another user, and those of the agent, written whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read_plain(path: Path, most: int, position: int = 0) -> tuple[bytes, int] | None:
    """At most so many bytes from there on, and the file's size; None where there is no plain file.

    Neither through links nor from pipes: a job may have made one.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return None
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            return None
        return os.pread(descriptor, most, position), state.st_size
    finally:
        os.close(descriptor)


def write_whole(path: Path, text: str) -> None:
    """At once or not at all, also where the machine loses its power."""
    new = path.with_name(f".{path.name}.new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
