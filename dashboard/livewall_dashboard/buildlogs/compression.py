"""Unpacks what is packed by bzip2, gzip, xz or zstd: piece by piece, however much comes out of it."""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from livewall_dashboard.buildlogs.limits import MIB, NotAReport, TooLargeReport
from livewall_dashboard.lab.model import ReportLimits

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BLOCK = 256 * 1024
"""Bytes that come out of a decompressor at once."""
MOST_MEMORY = 72 * MIB
"""Bytes that a decompressor may take; what `xz -9` needs."""
WINDOW_LOG = 25
"""zstd's window, as a power of two: 32 MiB, which all levels but --ultra and --long stay below."""


class _Decompressor(Protocol):
    """What bz2, lzma and zstd have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


class _Gunzip:
    """zlib's decompressor with the members of the others."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    @property
    def needs_input(self) -> bool:
        return not self._unpacker.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._unpacker.unused_data

    def decompress(self, data: bytes, max_length: int = BLOCK) -> bytes:
        return self._unpacker.decompress(self._unpacker.unconsumed_tail + data, max_length)


def _unxz() -> _Decompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY)


def _unzstd() -> _Decompressor:
    decompressor: _Decompressor = zstd.ZstdDecompressor(
        options={zstd.DecompressionParameter.window_log_max: WINDOW_LOG}
    )
    return decompressor


_KINDS: tuple[tuple[bytes, str, Callable[[], _Decompressor]], ...] = (
    (b"BZh", "bzip2", bz2.BZ2Decompressor),
    (b"\x1f\x8b", "gzip", _Gunzip),
    (b"\xfd7zXZ\0", "xz", _unxz),
    (b"\x28\xb5\x2f\xfd", "zstd", _unzstd),
)
"""By their first bytes: what a file is called is of no interest."""
_BROKEN = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zstd.ZstdError)


def unpack(packed: Iterable[bytes], limits: ReportLimits) -> Iterator[bytes]:
    """What comes out, in blocks of at most `BLOCK` bytes. Several packed files one after the other are one.

    Raises NotAReport for what is no such file, is cut off or damaged, and TooLargeReport beyond `limits`.
    """
    blocks = _counted(packed, limits.packed)
    first = _at_least(blocks, 6)
    kind, make = _kind_of(first)
    size = 0
    for block in _unpack(first, blocks, kind, make):
        size += len(block)
        if size > limits.unpacked:
            raise TooLargeReport(f"it unpacks to more than {limits.unpacked // MIB} MiB; send less of its logs")
        yield block


def _counted(packed: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for block in packed:
        size += len(block)
        if size > most:
            raise TooLargeReport(f"it has more than {most // MIB} MiB; send less of its logs")
        yield block


def _at_least(blocks: Iterator[bytes], size: int) -> bytes:
    first = b""
    for block in blocks:
        first += block
        if len(first) >= size:
            break
    return first


def _kind_of(first: bytes) -> tuple[str, Callable[[], _Decompressor]]:
    for magic, kind, make in _KINDS:
        if first.startswith(magic):
            return kind, make
    if not first:
        raise NotAReport("the file is empty; was the disk of the build machine full?")
    raise NotAReport("it is not packed by bzip2, gzip, xz or zstd; send the .tar.bz2 that the build wrote")


def _unpack(first: bytes, blocks: Iterator[bytes], kind: str, make: Callable[[], _Decompressor]) -> Iterator[bytes]:
    unpacker, data = make(), first
    while True:
        try:
            plain = unpacker.decompress(data, BLOCK)
        except MemoryError:
            raise NotAReport(
                f"it needs too much memory to unpack; pack it by {kind} without its highest levels"
            ) from None
        except _BROKEN as error:
            raise _damaged(kind, error) from None
        data = b""
        if plain:
            yield plain
        if unpacker.eof:
            data = unpacker.unused_data or next(blocks, b"")
            if not data.strip(b"\0"):
                return  # what a tape or a disk filled up
            unpacker = make()
        elif unpacker.needs_input:
            data = next(blocks, b"")
            if not data:
                raise NotAReport(f"its {kind} data ends in the middle; send the file again, whole")


def _damaged(kind: str, error: Exception) -> NotAReport:
    if "memory" in str(error).lower() and kind in {"xz", "zstd"}:
        return NotAReport(f"it needs too much memory to unpack; pack it by {kind} without its highest levels")
    return NotAReport(f"its {kind} data is damaged; send the file again")
