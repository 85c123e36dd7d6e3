"""Unpacks a source tarball; what would lie or lead outside of its folder is refused."""

from __future__ import annotations

import lzma
import os
import subprocess
import tarfile
import zlib
from pathlib import Path

from livewall_agent.errors import AgentError

SUFFIXES = (".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tar")
_ZSTD = b"\x28\xb5\x2f\xfd"
_BROKEN = (tarfile.TarError, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)


class BadArchive(AgentError):
    """It cannot be unpacked."""


def unpack(tarball: Path, folder: Path) -> None:
    """Into `folder`, which is made; files keep their times, on which make relies. Raises BadArchive."""
    try:
        folder.mkdir()
        with tarball.open("rb") as file:
            is_zstd = file.read(len(_ZSTD)) == _ZSTD
        if is_zstd:
            _unpack_zstd(tarball, folder)
        else:
            with tarfile.open(tarball, "r:*") as tar:
                _extract(tar, folder)
    except _BROKEN as error:
        raise BadArchive(f"{tarball.name} cannot be unpacked: {error}") from None


def _extract(tar: tarfile.TarFile, folder: Path) -> None:
    if hasattr(tarfile, "data_filter"):
        tar.extractall(folder, filter="data")
        return
    for member in tar:  # Python before 3.10.12 and 3.11.4, such as that of Debian 12
        _require_plain(member, folder.resolve())
        tar.extract(member, folder)


def _require_plain(member: tarfile.TarInfo, folder: Path) -> None:
    """What tarfile's data filter asks, and no owner or right that it would take away. Raises ValueError."""
    place = (folder / member.name).resolve()
    target = place
    if member.issym():
        target = (folder / member.name).parent.joinpath(member.linkname).resolve()
    elif member.islnk():
        target = (folder / member.linkname).resolve()
    if not (place.is_relative_to(folder) and target.is_relative_to(folder)) or member.name.startswith("/"):
        raise ValueError(f"{member.name!r} would be outside of its folder")
    if not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
        raise ValueError(f"{member.name!r} is a device or a pipe")
    member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""
    member.mode = (member.mode & 0o755) | 0o600 | (0o100 if member.isdir() else 0)


def _unpack_zstd(tarball: Path, folder: Path) -> None:
    """By the program: Python has zstd from 3.14 on."""
    try:
        program = subprocess.Popen(["zstd", "-dcq", "--", tarball], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        raise BadArchive("to unpack a .tar.zst the program zstd is needed; install it") from None
    with program:
        try:
            with tarfile.open(fileobj=program.stdout, mode="r|") as tar:
                _extract(tar, folder)
        finally:
            program.kill()
