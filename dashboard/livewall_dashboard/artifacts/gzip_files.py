"""Files packed by gzip: what is in one, whatever it claims to be, and one on its way in."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from livewall_dashboard.base.errors import Invalid, TooLarge
from livewall_dashboard.base.sizes import MAX_PACKED, MAX_PLAIN

BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """What a packed file is: bytes unpacked, and the hash of it as it is."""

    size: int
    sha256: str


def inspect(file: BinaryIO) -> Found:
    """Reads a packed file through. Raises Invalid, TooLarge."""
    sha = hashlib.sha256()
    unpacker = zlib.decompressobj(wbits=31)
    size = 0
    while block := file.read(BLOCK):
        sha.update(block)
        size += _unpacked_size(unpacker, block, MAX_PLAIN - size)
    if not unpacker.eof or unpacker.unused_data:
        raise Invalid("The file is not one whole gzip member.")
    return Found(size, sha.hexdigest())


def unpacked(file: BinaryIO) -> Iterator[bytes]:
    """The plain bytes, a block at a time."""
    unpacker = zlib.decompressobj(wbits=31)
    while block := file.read(BLOCK):
        while block:
            yield unpacker.decompress(block, BLOCK)
            block = unpacker.unconsumed_tail
    yield unpacker.flush()


def require_hash(expected: str | None, found: str) -> None:
    """Raises Invalid."""
    if expected is not None and expected != found:
        raise Invalid(
            "The file that arrived is not the one announced: its SHA-256 differs. Send it again from the start.",
            detail={"expected_offset": 0},
        )


class Packer:
    """Hands what comes in to `write`, packed here unless it comes packed. `sha256`: of the bytes as they come."""

    def __init__(self, write: Callable[[bytes], None], *, packed: bool):
        self._write = write
        self._packer = None if packed else zlib.compressobj(wbits=31)
        self._limit = MAX_PACKED if packed else MAX_PLAIN
        self._sha = hashlib.sha256()
        self._received = 0

    @property
    def sha256(self) -> str:
        return self._sha.hexdigest()

    def take(self, block: bytes) -> None:
        """Raises TooLarge."""
        self._received += len(block)
        if self._received > self._limit:
            raise TooLarge(f"An artifact has at most {MAX_PACKED} bytes packed, {MAX_PLAIN} unpacked.")
        self._sha.update(block)
        self._write(self._packer.compress(block) if self._packer else block)

    def finish(self) -> None:
        if self._packer:
            self._write(self._packer.flush())


def _unpacked_size(unpacker: zlib._Decompress, block: bytes, limit: int) -> int:
    """How many bytes `block` unpacks to, never with more than a block of them in memory."""
    size = 0
    try:
        while block:
            size += len(unpacker.decompress(block, BLOCK))
            if size > limit:
                raise TooLarge(f"The artifact unpacks to more than {MAX_PLAIN} bytes.")
            block = unpacker.unconsumed_tail
    except zlib.error:
        raise Invalid("The file is said to be gzip, but it is not, or it is damaged.") from None
    return size
