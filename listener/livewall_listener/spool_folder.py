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

from livewall_listener import clock, records, trust
from livewall_listener.spool_file import SUFFIX

LIMIT = 1024 * 1024 * 1024
"""Bytes that all spools and reports of a node take together."""
REPORT = ".report"
"""After the name of a build report that waits for a wall."""
DAMAGED = ".damaged"
"""After the name of a file of which not everything could be delivered."""
MOST_DAMAGED = 20
_LONGEST_COMMAND = 60


def candidates(environment: Mapping[str, str], platform: str = sys.platform) -> list[Path]:
    """Where programs keep their state on this platform; last in the temporary folder, for users without a home."""
    found = []
    if platform == "win32":
        found = _below(environment.get("LOCALAPPDATA"), "livewall", "spool")
    elif platform == "darwin":
        found = _below(environment.get("HOME"), "Library", "Application Support", "livewall", "spool")
    else:
        found = _below(environment.get("XDG_STATE_HOME"), "livewall", "spool")
        found += _below(environment.get("HOME"), ".local", "state", "livewall", "spool")
    return [*found, *_temporary(environment)]


def _below(folder: str | None, *names: str) -> list[Path]:
    return [Path(folder, *names)] if folder and Path(folder).is_absolute() else []


def _temporary(environment: Mapping[str, str]) -> list[Path]:
    """All that there are: where another user took the name before us, ours has something more in it."""
    folder, name = Path(tempfile.gettempdir()), _temporary_name(environment)
    return [folder / name, *sorted(folder.glob(f"{name}-*"))]


def _temporary_name(environment: Mapping[str, str]) -> str:
    user = os.geteuid() if hasattr(os, "geteuid") else environment.get("USERNAME", "user")
    return f"livewall-spool-{user}"


def prepare(given: Path | None, environment: Mapping[str, str]) -> Path:
    """The folder for what is not delivered yet, for this user alone: the given one, or the first that can be had.

    Raises OSError, about the given one.
    """
    if given is not None:
        return trust.make_folder(given)
    for folder in candidates(environment):
        with suppress(OSError):
            made = trust.make_folder(folder)
            if os.access(made, os.W_OK | os.X_OK):
                return made
    parent = trust.find_shared_folder(Path(tempfile.gettempdir()))
    return Path(tempfile.mkdtemp(prefix=f"{_temporary_name(environment)}-", dir=parent))


def existing(given: Path | None, environment: Mapping[str, str]) -> tuple[list[Path], list[OSError]]:
    """The folders in which something may have been left, and why others that are there are not to be looked at."""
    folders, reasons = [], []
    for folder in [given] if given is not None else candidates(environment):
        try:
            folders.append(trust.find_folder(folder))
        except FileNotFoundError:
            pass
        except OSError as error:
            reasons.append(error)
    return folders, reasons


def new_path(folder: Path, suffix: str = SUFFIX) -> Path:
    return folder / f"{clock.utc_now():%Y%m%d-%H%M%S}-{secrets.token_hex(6)}{suffix}"


def files(folder: Path | None, suffix: str = SUFFIX) -> list[Path]:
    """Oldest first; none where there is no folder."""
    return sorted(folder.glob(f"*{suffix}")) if folder else []


def used(folder: Path) -> int:
    """Bytes."""
    size = 0
    for path in [*files(folder), *files(folder, REPORT), *files(folder, DAMAGED)]:
        try:
            size += path.stat().st_size
        except OSError:
            pass  # delivered and gone meanwhile
    return size


def set_aside(path: Path) -> Path:
    """Nobody tries a damaged file again; a person may find more in it. Of many, the oldest go. Raises OSError."""
    aside = path.with_name(path.name + DAMAGED)
    path.replace(aside)
    for old in files(path.parent, DAMAGED)[:-MOST_DAMAGED]:
        old.unlink(missing_ok=True)
    return aside


class Claim:
    """A lock on one file of the folder, held until it is released or the process ends; forked ones do not hold it."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file

    @classmethod
    def on(cls, path: Path) -> Claim | None:
        """None while somebody else has it. Raises OSError when the folder cannot be written."""
        lock = _lock_path(path)
        file = trust.open_own(lock, os.O_RDWR | os.O_CREAT)
        if not _lock(file):
            file.close()
            return None
        return cls(lock, file)

    def note(self, acknowledged: int) -> None:
        """Remember how far the wall is, so that a run that is killed is not delivered once more for nothing."""
        with suppress(OSError, ValueError):  # a full disk, a late answer: it is delivered once more
            self._file.truncate(0)
            self._file.seek(0)
            self._file.write(records.pack(acknowledged, b"acknowledged"))

    def release(self, *, delete: bool) -> None:
        """`delete` the lock with the file it was for."""
        if delete and os.name != "nt":
            self._path.unlink(missing_ok=True)
        _unlock(self._file)
        self._file.close()
        if delete and os.name == "nt":
            try:
                self._path.unlink(missing_ok=True)
            except OSError:
                pass  # Windows keeps what another process just opened; that one deletes it


def noted(path: Path) -> int:
    """What was last noted in the claim on this file; 0 where nothing was, or it is damaged."""
    try:
        with trust.open_own(_lock_path(path), os.O_RDONLY) as file:
            record = records.unpack(file.read(1000))
    except OSError:
        return 0
    return record[0] if record else 0


def holder(path: Path, processes: Path = Path("/proc")) -> str:
    """Who has the claim on this file, for people; where the system tells it."""
    try:
        lock = _lock_path(path).stat()
    except OSError:
        return "another process"
    for process in processes.glob("[0-9]*"):
        for opened in _entries(process / "fd"):
            with suppress(OSError):
                if os.path.samestat(opened.stat(), lock) and process.name != str(os.getpid()):
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
                    return f"process {process.name} ({command[:_LONGEST_COMMAND]})"
    return "another process"


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # another user's, or it has ended
        return []


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

    def _unlock(file: IO[bytes]) -> None:
        """Closing does it."""

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        """For processes, too, that got hold of the lock by a fork that Python knew nothing of."""
        with suppress(OSError, ValueError):
            fcntl.flock(file, fcntl.LOCK_UN)
