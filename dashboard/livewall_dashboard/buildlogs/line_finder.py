"""Finds the lines that have one of many words, in one pass however many there are: most lines of a log have none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ahocorasick_rs import BytesAhoCorasick, MatchKind

PIECE = 128 * 1024
"""Bytes that are searched at once: what a hostile block finds in them is all that is held of it."""
_LINE_FEED = 10


class LineFinder:
    """`words`: in lower case. One that begins with a line feed is of the line behind it."""

    def __init__(self, words: Iterable[bytes]):
        found = list(words)
        self._automaton = BytesAhoCorasick(found, MatchKind.LeftmostFirst)  # which alone is vectorised
        self._overlap = max(map(len, found)) - 1

    def lines(self, lowered: bytes) -> Iterator[tuple[int, int]]:
        """Where each line that has a word begins and ends, in order. `lowered`: whole lines, in lower case."""
        end = 0
        for word in self._words(lowered):
            at = word + (lowered[word] == _LINE_FEED)
            if at >= end:
                begin = max(end, lowered.rfind(b"\n", end, at) + 1)
                end = lowered.find(b"\n", at) + 1 or len(lowered)
                yield begin, end

    def _words(self, lowered: bytes) -> Iterator[int]:
        for begin in range(0, len(lowered), PIECE):
            piece = lowered[begin : begin + PIECE + self._overlap]
            for _, at, _ in self._automaton.find_matches_as_indexes(piece):
                yield begin + at
