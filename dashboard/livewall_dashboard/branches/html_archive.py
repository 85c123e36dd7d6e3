"""Pages of HTML in one file: a tar packed by gzip, in which each file begins where it can be read from alone.

So a page is read as quickly as if it lay alone, and all pages of a build are one file, with one row and one end.
"""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class HtmlFile:
    """`start`: where it begins in the packed archive; `size`: bytes it has unpacked."""

    path: str
    start: int
    size: int


class HtmlArchive:
    """Packs files into `target`. `close` it at the end."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._packer = zlib.compressobj(wbits=31)
        self._written = 0
        self.files: list[HtmlFile] = []

    def add(self, path: str, size: int, content: IO[bytes]) -> None:
        """Raises EOFError where it has fewer bytes than that."""
        header = tarfile.TarInfo(path)
        header.size = size
        self._write(self._packer.compress(header.tobuf(tarfile.PAX_FORMAT)))
        self._write(self._packer.flush(zlib.Z_FULL_FLUSH))
        start, left = self._written, size
        while left:
            block = content.read(min(BLOCK, left))
            if not block:
                raise EOFError(f"{path} has no end")
            self._write(self._packer.compress(block))
            left -= len(block)
        self._write(self._packer.compress(bytes(-size % tarfile.BLOCKSIZE)))
        self.files.append(HtmlFile(path, start, size))

    def close(self) -> None:
        self._write(self._packer.compress(bytes(2 * tarfile.BLOCKSIZE)) + self._packer.flush())

    def _write(self, data: bytes) -> None:
        self._target.write(data)
        self._written += len(data)


def read(archive: BinaryIO, start: int, size: int) -> Iterator[bytes]:
    """A file of the archive, a block at a time; fewer bytes than `size` where the archive is damaged."""
    archive.seek(start)
    unpacker = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    while size and (packed := archive.read(BLOCK)):
        while size and packed:
            block = unpacker.decompress(packed, min(BLOCK, size))
            packed = unpacker.unconsumed_tail
            size -= len(block)
            yield block
