"""Collects the text of one element at a time."""

from __future__ import annotations

from typing import Any

from livewall_dashboard.importing.model import Unreadable, Words
from livewall_listener import wire

MOST_HELD = 8_000_000
"""Characters of one tag, one test's tags, open suites' metadata, failed teardowns' messages: each is held in memory."""


class TextCollector:
    """Listens to text between `begin` and `take`; keeps `wire.MAX_TEXT` characters and counts the others."""

    def __init__(self, parser: Any):
        self._parser = parser
        self._parts: list[str] = []
        self._size = 0

    def begin(self) -> None:
        self._parts, self._size = [], 0
        self._parser.CharacterDataHandler = self._add

    def take(self) -> Words:
        """The text of the element that has just ended."""
        self._parser.CharacterDataHandler = None
        text = "".join(self._parts)
        return text, self._size - len(text)

    def check_held(self, size: int, what: str) -> None:
        """Raises `Unreadable` for more than can be held in memory."""
        if size > MOST_HELD:
            line = self._parser.CurrentLineNumber
            raise Unreadable(f"Line {line}: {what} are longer in sum than anybody can read.")

    def _add(self, text: str) -> None:
        room = wire.MAX_TEXT - self._size
        self._size += len(text)
        if room > 0:
            self._parts.append(text[:room])
