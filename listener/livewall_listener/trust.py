"""Folders and files of our own: what another user owns, may change or leads elsewhere is neither read nor written.

Root is no exception: in a folder that all may write it would be led to files of its own by links that others made.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from weakref import WeakSet

_OTHERS = stat.S_IWOTH
_GROUP = stat.S_IWGRP
_MOST_LINKS = 40
_CAREFUL = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
"""Neither through a link, nor waiting for whoever is at the other end of a pipe."""
_HAS_OWNERS = hasattr(os, "geteuid")


class _Closable(Protocol):
    def close(self) -> None: ...


_open: WeakSet[_Closable] = WeakSet()


class Untrusted(PermissionError):
    """It is not ours alone; says why, for people."""


def make_folder(folder: Path) -> Path:
    """For this user alone; parts of the path that lack are made. -> The same folder by a path without links.

    Raises OSError; Untrusted where somebody else may change what is in it, or put another one in its place.
    """
    if not _HAS_OWNERS:
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    return _walk(folder, make=True)


def find_folder(folder: Path) -> Path:
    """The same for one that is there. Raises OSError."""
    if not _HAS_OWNERS:
        folder.stat()
        return folder
    return _walk(folder, make=False)


def find_shared_folder(folder: Path) -> Path:
    """One in which everybody may make files, but change only their own, as /tmp is. Raises OSError."""
    return _walk(folder, make=False, private=False) if _HAS_OWNERS else folder


def open_own(path: Path, flags: int) -> io.FileIO:
    """A file of ours, which no process that is forked from this one keeps open. Raises OSError."""
    file = _opened(path, flags | _CAREFUL, _require_own)
    leave_to_parent(file)
    return file


def leave_to_parent(file: _Closable) -> None:
    """Have it closed in processes that are forked from this one."""
    _open.add(file)


def open_foreign(path: Path) -> io.FileIO:
    """A regular file to be read, whosever it is; links that another user made are not followed. Raises OSError."""
    if _HAS_OWNERS and stat.S_ISLNK((state := path.lstat()).st_mode):
        _require_owner(path, state)
    return _opened(path, os.O_RDONLY | _CAREFUL & ~getattr(os, "O_NOFOLLOW", 0), _require_regular)


def _opened(path: Path, flags: int, require: Callable[[Path, os.stat_result], None]) -> io.FileIO:
    descriptor = os.open(path, flags, 0o600)
    try:
        require(path, os.fstat(descriptor))
        return io.FileIO(descriptor, "rb" if flags & (os.O_RDWR | os.O_WRONLY) == 0 else "r+b")
    except BaseException:
        os.close(descriptor)
        raise


def _walk(folder: Path, *, make: bool, private: bool = True) -> Path:
    """Along every part of the path, and of the paths that links on it lead to."""
    links = 0
    place = Path(folder.anchor)
    todo = list(reversed(folder.relative_to(folder.anchor).parts))
    state = place.lstat()
    while todo:
        part = todo.pop()
        if part == "..":
            place = place.parent
            continue
        state = _state_of(place / part, make=make)
        if not stat.S_ISLNK(state.st_mode):
            place /= part
            _require_path(place, state)
            continue
        _require_owner(place / part, state)
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))
        target = Path(os.readlink(place / part))
        if target.is_absolute():
            place, target = Path(target.anchor), target.relative_to(target.anchor)
        todo += reversed(target.parts)
    if private:
        _require_private(place, place.lstat())
    return place


def _state_of(place: Path, *, make: bool) -> os.stat_result:
    try:
        return place.lstat()
    except FileNotFoundError:
        if not make:
            raise
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:
        pass  # another process of this run, or somebody who was quicker: the owner tells
    return place.lstat()


def _require_path(place: Path, state: os.stat_result) -> None:
    """Nobody else can put another folder in the place of what is below."""
    if not stat.S_ISDIR(state.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(place))
    _require_owner(place, state)
    if not state.st_mode & stat.S_ISVTX:
        _require_unchanged(place, state)


def _require_private(place: Path, state: os.stat_result) -> None:
    if state.st_uid != os.geteuid():
        raise Untrusted(f"{place} belongs to {_name_of(state.st_uid)}")
    _require_unchanged(place, state)


def _require_own(path: Path, state: os.stat_result) -> None:
    _require_regular(path, state)
    if not _HAS_OWNERS:
        return
    if state.st_uid != os.geteuid():
        raise Untrusted(f"{path} belongs to {_name_of(state.st_uid)}")
    if state.st_nlink > 1:
        raise Untrusted(f"{path} has another name elsewhere")
    _require_unchanged(path, state)


def _require_regular(path: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise Untrusted(f"{path} is not a regular file")


def _require_owner(place: Path, state: os.stat_result) -> None:
    if state.st_uid not in {0, os.geteuid()}:
        raise Untrusted(f"{place} belongs to {_name_of(state.st_uid)}")


def _require_unchanged(place: Path, state: os.stat_result) -> None:
    """By others than its owner."""
    if state.st_mode & _OTHERS or (state.st_mode & _GROUP and not _is_group_of_one(state)):
        raise Untrusted(f"others may write to {place}: `chmod go-w {place}`, if what is in it is yours")


def _is_group_of_one(state: os.stat_result) -> bool:
    """Many systems give each user a group of the same name, and let it write."""
    import grp  # noqa: PLC0415  # not on Windows
    import pwd  # noqa: PLC0415

    try:
        user, group = pwd.getpwuid(state.st_uid).pw_name, grp.getgrgid(state.st_gid)
    except KeyError:
        return False
    return group.gr_name == user and set(group.gr_mem) <= {user}


def _name_of(uid: int) -> str:
    import pwd  # noqa: PLC0415  # not on Windows

    try:
        return f"another user, {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"another user, {uid}"


def _close_in_child() -> None:
    """A process that a keyword forks may live on for days: it must not keep our locks."""
    for file in list(_open):
        file.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)
