"""The results of a test over runs: from what the query `tests_by_runs` gives to a letter a run. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

PASSED, FAILED, SKIPPED, NOT_RUN, EXPECTED_FAILURE, PASSED_LATER = range(6)
LETTERS = "PFSNXR"
NONE = "."
_FIRST = 1024
_WORST = (FAILED, EXPECTED_FAILURE, PASSED_LATER, PASSED, SKIPPED, NOT_RUN)
"""Of several results in one run that is shown which stands first here."""


def letters(packed: str, runs: int) -> str:
    """A letter for each of so many runs."""
    found = [NONE] * runs
    rank: dict[int, int] = {}
    for place, code in _unpacked(packed):
        if place not in rank or _WORST.index(code) < rank[place]:
            rank[place] = _WORST.index(code)
            found[place] = LETTERS[code]
    return "".join(found)


def is_failing(packed: str) -> bool:
    """Whether the test fails in the last run that has it; one has."""
    last = ord(max(packed))
    return chr(last - last % 8 + FAILED) in packed


def flips(row: str) -> int:
    """How often it went from passing to failing or back, runs without either left out. `row`: letters."""
    told = [letter == "F" for letter in row if letter in "PRFX"]
    return sum(before != now for before, now in pairwise(told))


def _unpacked(packed: str) -> Iterator[tuple[int, int]]:
    """Place of the run from 0, and what the result counts as."""
    for character in packed:
        yield divmod(ord(character) - _FIRST - 8, 8)
