"""Where the data of benchmarks lies: on a disk, or what is said of durability is of memory."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import psutil

NEEDED = 8e9
"""Bytes: ten million results, and what Postgres keeps of their transactions."""


def folder() -> Path:
    """The first of the usual places for temporary files that is on a disk with room."""
    places = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp"), Path.cwd()]
    for place in places:
        if place.is_dir() and not _is_memory(place) and shutil.disk_usage(place).free >= NEEDED:
            return place
    raise SystemExit(f"No folder for temporary files is on a disk with {NEEDED / 1e9:.0f} GB free: name one by TMPDIR.")


def _is_memory(place: Path) -> bool:
    """Whether it is gone with a power cut."""
    mounts = [each for each in psutil.disk_partitions(all=True) if place.resolve().is_relative_to(each.mountpoint)]
    return max(mounts, key=lambda each: len(each.mountpoint)).fstype in ("tmpfs", "ramfs") if mounts else False
