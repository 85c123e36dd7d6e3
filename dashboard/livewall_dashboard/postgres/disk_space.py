"""Room on disks."""

from __future__ import annotations

import shutil
from pathlib import Path


def place_on_disk(folder: Path) -> Path:
    """The folder, or what it will be made in."""
    return next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.is_dir())


def free_bytes(folder: Path) -> int:
    """Free on the disk of a folder, which need not be there yet."""
    return shutil.disk_usage(place_on_disk(folder)).free
