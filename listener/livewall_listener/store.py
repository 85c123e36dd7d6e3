"""The folder of spools on this node: where it is, whose files are free to take, how much it may hold."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from livewall_listener import clock
from livewall_listener.spool import SUFFIX

LIMIT = 1024 * 1024 * 1024
"""Bytes that all spools of a node take together."""


def default_folder(environment: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where programs keep their state on this platform; the temporary folder where the user has no home."""
    home = environment.get("HOME", "")
    if platform == "win32" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / "livewall" / "spool"
    if platform == "darwin" and home:
        return Path(home) / "Library" / "Application Support" / "livewall" / "spool"
    if environment.get("XDG_STATE_HOME"):
        return Path(environment["XDG_STATE_HOME"]) / "livewall" / "spool"
    if home and os.access(home, os.W_OK):
        return Path(home) / ".local" / "state" / "livewall" / "spool"
    user = os.getuid() if hasattr(os, "getuid") else environment.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"livewall-spool-{user}"


def prepare(folder: Path) -> None:
    """Make it, for this user alone. Raises OSError, also when it belongs to somebody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid() and os.getuid() != 0:
        raise PermissionError(f"{folder} belongs to another user")


def new_path(folder: Path, suffix: str = SUFFIX) -> Path:
    return folder / f"{clock.utc_now():%Y%m%d-%H%M%S}-{secrets.token_hex(6)}{suffix}"


def files(folder: Path, suffix: str = SUFFIX) -> list[Path]:
    """Oldest first."""
    return sorted(folder.glob(f"*{suffix}"))


def used(folder: Path) -> int:
    """Bytes."""
    size = 0
    for path in files(folder):
        try:
            size += path.stat().st_size
        except OSError:
            pass  # delivered and gone meanwhile
    return size


class Claim:
    """A lock on one file of the folder, held until it is released or the process ends."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file

    @classmethod
    def on(cls, path: Path) -> Claim | None:
        """None while somebody else has it. Raises OSError when the folder cannot be written."""
        lock = _lock_path(path)
        file = lock.open("ab", buffering=0)
        if not _lock(file):
            file.close()
            return None
        return cls(lock, file)

    def note(self, acknowledged: int) -> None:
        """Remember how far the wall is, so that a run that is killed is not delivered once more for nothing."""
        with suppress(OSError, ValueError):  # a full disk, a late answer: it is delivered once more
            self._file.truncate(0)
            self._file.write(b"%d\n" % acknowledged)

    def release(self, *, delete: bool) -> None:
        """`delete` the lock with the file it was for."""
        if delete and os.name != "nt":
            self._path.unlink(missing_ok=True)
        self._file.close()
        if delete and os.name == "nt":
            try:
                self._path.unlink(missing_ok=True)
            except OSError:
                pass  # Windows keeps what another process just opened; that one deletes it


def noted(path: Path) -> int:
    """What was last noted in the claim on this file; 0 where nothing was."""
    try:
        text = _lock_path(path).read_bytes()
    except OSError:
        return 0
    return int(text) if text.endswith(b"\n") and text.strip().isdigit() else 0


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
