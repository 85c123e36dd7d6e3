"""Files that a job has made, read by an agent who may be another user: neither through links nor from pipes."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read_plain(path: Path, most: int, position: int = 0) -> tuple[bytes, int] | None:
    """At most so many bytes from there on, and the file's size; None where there is no plain file."""
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
