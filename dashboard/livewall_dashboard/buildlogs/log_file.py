"""A log packed by gzip so that it can be read from any of many places: a gigabyte opens at once."""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

BLOCK = 256 * 1024


@dataclass(slots=True)
class LogIndex:
    """Places where reading may begin: the lines before each, and its offset in the packed file."""

    lines: list[int] = field(default_factory=list)
    packed: list[int] = field(default_factory=list)

    def before_line(self, line: int) -> int:
        """The last place with at most `line` lines before it; of several in one long line, the one at its begin."""
        return bisect_left(self.lines, self.lines[bisect_right(self.lines, line) - 1])


class LogWriter:
    """Writes blocks to `file`, packed, with a place to begin in front of each."""

    def __init__(self, file: BinaryIO):
        self.size = 0
        self.lines = 0
        self.index = LogIndex()
        self._file = file
        self._packer = zlib.compressobj(level=3, wbits=31)
        self._packed = 0
        self._ends = b"\n"

    def write(self, block: bytes) -> None:
        self.index.lines.append(self.lines)
        self.index.packed.append(self._packed)
        self._put(self._packer.compress(block) + self._packer.flush(zlib.Z_FULL_FLUSH))
        self.size += len(block)
        self.lines += block.count(b"\n")
        self._ends = block[-1:] or self._ends

    def finish(self) -> None:
        self._put(self._packer.flush())
        self.lines += self._ends != b"\n"

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._packed += len(data)


def read_from(file: BinaryIO, index: LogIndex, place: int) -> Iterator[bytes]:
    """What follows a place of the index. `file`: packed by `LogWriter`."""
    file.seek(index.packed[place] if place else 0)
    unpacker = zlib.decompressobj(wbits=-15 if place else 31)
    while block := file.read(BLOCK):
        while block and not unpacker.eof:
            yield unpacker.decompress(block, BLOCK)
            block = unpacker.unconsumed_tail
        if unpacker.eof:
            return
