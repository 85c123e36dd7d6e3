r"""How records stand in a file that may be damaged: each between a mark and a line end, with a checksum and its number.

    \x1e CRC-32 in hex, a space, number, a space, JSON \n

JSON holds neither of the two bytes, so that what follows a damaged place is found again, and the numbers tell how much
is gone. It is RFC 7464 (JSON text sequences) with two words before each text.
"""

from __future__ import annotations

from binascii import crc32
from collections.abc import Iterator
from typing import IO, Tuple

MARK = b"\x1e"
_LONGEST = 64 * 1024 * 1024
"""Bytes of a line; a longer one is damage."""

Record = Tuple[int, bytes]
"""Number and text."""


def pack(number: int, text: bytes) -> bytes:
    body = b"%d %s" % (number, text)
    return b"\x1e%08x %s\n" % (crc32(body), body)


def unpack(data: bytes) -> Record | None:
    """None for what is no whole record."""
    body = data[10:-1]
    if data[:1] != MARK or data[-1:] != b"\n" or data[1:10] != b"%08x " % crc32(body):
        return None
    number, _, text = body.partition(b" ")
    return (int(number), text) if number.isdigit() else None


def pieces(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The whole file in order, cut where records begin and end: where each piece begins, and what it is."""
    begin = file.seek(0)
    while line := file.readline(_LONGEST):
        first, *marked = line.split(MARK)
        for data in [first] * bool(first) + [MARK + part for part in marked]:
            yield begin, data
            begin += len(data)
