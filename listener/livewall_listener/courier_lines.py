r"""The lines that robot says to its courier: a mark, a number, an event as JSON; or a mark, 0, a word and its argument.

    \x1e number, a space, JSON \n

Who writes a line may be stopped in the middle of it (a timeout of Robot Framework's, a pipe that is full), and then
writes it again: what stands before the last mark of a line is passed over, and so is an event that was there before.
Neither byte occurs in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_MARK = b"\x1e"
_WORD = 0
"""The number of what is no event."""


def event(number: int, text: bytes) -> bytes:
    """`number`: counted from 1, as the wall counts the events of a process."""
    return b"\x1e%d %s\n" % (number, text)


def word(name: str, argument: Any = None) -> bytes:
    return b"\x1e%d %s %s\n" % (_WORD, name.encode(), json.dumps(argument).encode())


def is_event(line: bytes) -> bool:
    return line[1:2] != b"0"


def split(line: bytes) -> tuple[int, bytes]:
    """A whole line -> its number, 0 for a word, and what follows."""
    number, _, text = line.rpartition(_MARK)[2].rstrip(b"\n").partition(b" ")
    return int(number), text


class LineReader:
    """Bytes as they come -> events and words, in order and each event once."""

    def __init__(self) -> None:
        self.number = 0
        """Of the last event."""
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if _MARK not in line:
                continue
            number, text = split(line)
            if number == _WORD:
                yield text
            elif number > self.number:
                self.number = number
                yield text
