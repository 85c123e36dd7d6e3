r"""How records stand in a file that may be damaged: each between a mark and a line end, with a checksum and its number.

    \x1e CRC-32 in hex, a space, number, a space, JSON \n

JSON holds neither of the two bytes, so that what follows a damaged place is found again, and the numbers tell how much
is gone. It is RFC 7464 (JSON text sequences) with two words before each text.
"""

from __future__ import annotations

import re
from binascii import crc32
from collections.abc import Iterator
from typing import IO, Tuple

MARK = b"\x1e"
_RECORD = re.compile(rb"\x1e([0-9a-f]{8}) (([0-9]+) (.*))\n", re.DOTALL)
_LONGEST = 64 * 1024 * 1024
"""Bytes of a line; a longer one is damage."""

Record = Tuple[int, bytes]
"""Number and text."""


def pack(number: int, text: bytes) -> bytes:
    body = b"%d %s" % (number, text)
    return b"\x1e%08x %s\n" % (crc32(body), body)


def unpack(data: bytes) -> Record | None:
    """None for what is no whole record."""
    found = _RECORD.fullmatch(data)
    if found is None or int(found[1], 16) != crc32(found[2]):
        return None
    return int(found[3]), found[4]


def pieces(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The whole file in order, cut where records begin and end: where each piece begins, and what it is."""
    begin = file.seek(0)
    while line := file.readline(_LONGEST):
        first, *marked = line.split(MARK)
        for data in [first] * bool(first) + [MARK + part for part in marked]:
            yield begin, data
            begin += len(data)
