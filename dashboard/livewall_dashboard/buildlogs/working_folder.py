"""Where a report lies while it is read: a folder of its own, that goes with whoever made it."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "report-"


@contextmanager
def working_folder(above: Path) -> Iterator[Path]:
    """A new folder below `above`, locked until it is left: `remove_left_over` keeps off it. Raises OSError."""
    folder, lock = _new_folder(above)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_left_over(above: Path) -> None:
    """Remove what killed processes were reading; what another one is reading stays."""
    for folder in above.glob(f"{PREFIX}*"):
        lock = _lock(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _new_folder(above: Path) -> tuple[Path, int]:
    """Until it is locked, somebody may take it for left over, and remove it: then another one is made."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=above))
        lock = _lock(folder)
        if lock is not None and folder.exists():
            return folder, lock
        if lock is not None:
            os.close(lock)


def _lock(folder: Path) -> int | None:
    """The kernel's lock on it, which ends with its holder; None where somebody else has it, or it is gone."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
