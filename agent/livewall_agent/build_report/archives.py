"""Unpacks a source tarball; what would lie or lead outside of its folder is refused."""

from __future__ import annotations

import lzma
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
    if not hasattr(tarfile, "data_filter"):
        raise BadArchive("this Python cannot unpack safely: use Python 3.10.12, 3.11.4 or newer")
    try:
        folder.mkdir()
        with tarball.open("rb") as file:
            is_zstd = file.read(len(_ZSTD)) == _ZSTD
        if is_zstd:
            _unpack_zstd(tarball, folder)
        else:
            with tarfile.open(tarball, "r:*") as tar:
                tar.extractall(folder, filter="data")
    except _BROKEN as error:
        raise BadArchive(f"{tarball.name} cannot be unpacked: {error}") from None


def _unpack_zstd(tarball: Path, folder: Path) -> None:
    """By the program: Python has zstd from 3.14 on."""
    try:
        program = subprocess.Popen(["zstd", "-dcq", "--", tarball], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        raise BadArchive("to unpack a .tar.zst the program zstd is needed; install it") from None
    with program:
        try:
            with tarfile.open(fileobj=program.stdout, mode="r|") as tar:
                tar.extractall(folder, filter="data")
        finally:
            program.kill()
