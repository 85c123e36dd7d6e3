"""What an instance writes, the end of it: two files, of which the older one is thrown away when the other is full."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from livewall_agent.plain_file import read_plain

MOST = 1_000_000
"""Bytes of a file."""


class RotatingLog:
    """A disk that is full loses what does not fit, and nobody waits for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = path.stat().st_size if path.exists() else 0

    def write(self, data: bytes) -> None:
        with suppress(OSError):
            if self._size + len(data) > MOST:
                self._path.replace(older(self._path))
                self._size = 0
            with self._path.open("ab") as file:
                self._size += file.write(data)


def older(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def read_end(path: Path, most: int) -> str:
    """The last characters of it, at most so many."""
    data = b"".join(_end(each, most) for each in (older(path), path))
    return data[-most:].decode("utf-8", "replace")[-most:]


def signature(path: Path) -> tuple[float, int]:
    """Another one where something was written."""
    with suppress(OSError):
        state = path.stat()
        return state.st_mtime, state.st_size
    return 0.0, 0


def _end(path: Path, most: int) -> bytes:
    found = read_plain(path, 0)
    if found is None:
        return b""
    data, _ = read_plain(path, most, max(0, found[1] - most)) or (b"", 0)
    return data
