"""Which walls of this user run, so that commands find theirs: a small file for each, locked as long as it runs.

It lies in the user's own folder for running programs or, where there is none, for their state. It holds no secret. The
lock ends with the process, however that ends, so a file that is left behind is known for one. Nothing is believed that
another user owns or may write.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import pwd
import secrets
import stat
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

SUFFIX = ".json"
MOST_BYTES = 65_536
"""What such a file may hold."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunningWall:
    """`data`: its folder, absolute. `url`: where it answers. `embedded`: whether its Postgres lies in that folder."""

    pid: int
    data: str
    url: str
    embedded: bool

    @property
    def database_url(self) -> str | None:
        """The Postgres it was told to use, with its password: from the process itself. None where that cannot be read.

        That may be another process's, where the wall runs in a container: one that serves no wall is not asked.
        """
        try:
            process = psutil.Process(self.pid)
            words, environment = process.cmdline(), process.environ()
        except psutil.Error:
            return None
        if "serve" not in words and not any(word.endswith("livewall_dashboard.wsgi") for word in words):
            return None
        for word, after in zip(words, [*words[1:], ""], strict=True):
            if word == "--database-url":
                return after or None
            if word.startswith("--database-url="):
                return word.partition("=")[2] or None
        return environment.get("LIVEWALL_DATABASE_URL") or None

    def __str__(self) -> str:
        return f"{self.url}, process {self.pid}: --data {self.data}"


@contextlib.contextmanager
def announced(wall: RunningWall, environment: Mapping[str, str]) -> Iterator[None]:
    """Let this user's commands find the wall for the length of the block. Where that cannot be, it just runs."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_announced(wall, _folders(environment)))
        except OSError as error:
            log.info("Commands do not find this wall without --data or --database-url: %s.", error.strerror or error)
        yield


def running_walls(environment: Mapping[str, str]) -> list[RunningWall]:
    """Those of this user, in the order of their folders."""
    found = {wall for folder in _folders(environment) if _is_ours(folder) for wall in _walls_in(folder)}
    return sorted(found, key=lambda wall: (wall.data, wall.pid))


@contextlib.contextmanager
def _announced(wall: RunningWall, folders: list[Path]) -> Iterator[None]:
    path = _folder(folders) / f"{wall.pid}-{secrets.token_hex(4)}{SUFFIX}"
    making = path.with_suffix(".new")  # not seen before it is locked
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, json.dumps(asdict(wall)).encode())
        making.rename(path)
        yield
    finally:
        making.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _folders(environment: Mapping[str, str]) -> list[Path]:
    """Where such files are, the best place first. With `sudo -E` these folders are another user's, so none of ours.

    Both are looked at: who logs in has a folder for running programs, a service of the same user may have none.
    """
    runtime, state = environment.get("XDG_RUNTIME_DIR"), environment.get("XDG_STATE_HOME")
    home = _home(environment)
    places = [
        (runtime, "livewall"),
        (state, "livewall/walls"),
        (home, ".local/state/livewall/walls"),
    ]
    return [Path(base, folder) for base, folder in places if base and _is_ours(Path(base).resolve())]


def _home(environment: Mapping[str, str]) -> str | None:
    """As the environment says, unless it still speaks of somebody else, as after `runuser -u`."""
    home = environment.get("HOME")
    if home and _is_ours(Path(home).resolve()):
        return home
    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return None  # a user without a name, as in containers


def _folder(folders: list[Path]) -> Path:
    """The first that can be had, without what ended walls left in it. Raises OSError."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_ours(folder) and os.access(folder, os.W_OK | os.X_OK):
                _clear(folder)
                return folder
    raise OSError("this user has no folder of its own for running programs or their state")


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder, no link to one, that nobody but this user owns or may write to."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _clear(folder: Path) -> None:
    for path in folder.glob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError), _opened(path) as descriptor:
            if not _is_locked(descriptor):
                path.unlink()


def _walls_in(folder: Path) -> Iterator[RunningWall]:
    for path in folder.glob(f"*{SUFFIX}"):
        # It may end meanwhile, and whatever is no such file is none of ours.
        with contextlib.suppress(OSError, ValueError, TypeError), _opened(path) as descriptor:
            if _is_locked(descriptor):
                yield RunningWall(**json.loads(os.read(descriptor, MOST_BYTES)))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Raises OSError, also for a file that another user owns or may write, and for what is no file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise PermissionError(f"{path} is not this user's")
        yield descriptor
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Whether the wall that made the file runs."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
