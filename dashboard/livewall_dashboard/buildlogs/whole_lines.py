"""Puts pieces of a log together so that each block ends where a line does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

LONGEST = 1024 * 1024
"""Bytes of a line that are held; a longer one is cut, behind a space where it has one."""


def whole_lines(pieces: Iterable[bytes], at_least: int = LONGEST) -> Iterator[bytes]:
    """Blocks of about `at_least` bytes. What follows a cut belongs to the same line."""
    rest = bytearray()
    for piece in pieces:
        rest += piece
        if len(rest) < at_least:
            continue
        end = rest.rfind(b"\n") + 1
        if not end and len(rest) >= LONGEST:
            end = rest.rfind(b" ", len(rest) - LONGEST // 16) + 1 or len(rest)
        if end:
            yield bytes(rest[:end])
            del rest[:end]
    if rest:
        yield bytes(rest)
