"""What a result was expected to be and what it was, in resultsdbpy's nine words; several may stand. Pure.

A set of words is a number, a bit for each word: so they are stored (`result.expected`, `result.actual`), as None where
they say nothing that is not plain: expected is PASS, and actual what the status says.

`CountsAs` is what a result counts as, once: the SQL function `result_counts_as` says the same of rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from livewall_dashboard.base.errors import Invalid

WORDS = ("CRASH", "TIMEOUT", "IMAGE", "AUDIO", "TEXT", "FAIL", "ERROR", "WARNING", "PASS")
"""From the worst to the best."""

CRASH, TIMEOUT, IMAGE, AUDIO, TEXT, FAIL, ERROR, WARNING, PASS = (1 << place for place in range(len(WORDS)))

FAILURES = CRASH | TIMEOUT | IMAGE | AUDIO | TEXT | FAIL | ERROR
"""The words whose status is FAIL; that of the others is PASS."""

Words = int
"""A set of words, never an empty one."""

_BITS = {word: 1 << place for place, word in enumerate(WORDS)}


class CountsAs(IntEnum):
    """What a result counts as. The first four have the numbers of the statuses (`STATUS_NUMBER`)."""

    PASSED = 0
    FAILED = 1
    """What was not expected: a failure or, where only failures were expected, that it passed."""
    SKIPPED = 2
    NOT_RUN = 3
    EXPECTED_FAILURE = 4


_PLAINLY = tuple(CountsAs)[:4]


def parse(text: str) -> Words:
    """`"TEXT CRASH"` -> the set. Nothing means PASS, as in resultsdbpy. Raises `Invalid`, which names the word."""
    words = 0
    for word in text.split():
        if word not in _BITS:
            raise Invalid(f"{word[:100]!r} is no status of a result; there are {', '.join(WORDS)}.")
        words |= _BITS[word]
    return words or PASS


def text_of(words: Words) -> str:
    """The words with spaces between, the worst first."""
    return " ".join(each for each in WORDS if words & _BITS[each])


def worst(words: Words) -> Words:
    """The worst word of a set, as a set of its own."""
    return words & -words


def worst_of(results: Iterable[Words]) -> Words:
    """The worst word of several results; PASS where there is none."""
    return min((worst(words) for words in results), default=PASS)


def covered(expected: Words) -> Words:
    """All that is no surprise: an expected FAIL is also a TEXT, an AUDIO or an IMAGE."""
    return expected | TEXT | AUDIO | IMAGE if expected & FAIL else expected


def unexpected(actual: Words, expected: Words) -> Words:
    """The words that were not expected; 0 for none. What is worse than WARNING in it is a failure to resultsdbpy."""
    return actual & ~covered(expected)


def status_of(actual: Words) -> int:
    """The number of the status (`STATUS_NUMBER`) by the worst word: 1 FAIL, 0 PASS."""
    return 1 if actual & FAILURES else 0


def actual_of(status: int, actual: Words | None) -> Words:
    """The words of a stored result. A skipped one has none of its own: it did not fail."""
    if actual is not None:
        return actual
    return FAIL if status == 1 else PASS


def to_store(actual: Words, expected: Words) -> tuple[int, Words | None, Words | None]:
    """status, actual, expected as columns of `result`: None for what is plain."""
    status = status_of(actual)
    return status, (None if actual == actual_of(status, None) else actual), (None if expected == PASS else expected)


def counts_as(status: int, actual: Words | None = None, expected: Words | None = None) -> CountsAs:
    """What a result counts as, by its columns.

    A result counts by its worst word: `FAIL PASS` is a failure, and an expected one where FAIL is expected.
    """
    if expected is None or status > 1:
        return _PLAINLY[status]
    if status == 0:
        return CountsAs.PASSED if expected & (PASS | WARNING) else CountsAs.FAILED
    return CountsAs.FAILED if unexpected(actual_of(status, actual) & FAILURES, expected) else CountsAs.EXPECTED_FAILURE


def is_unexpected(status: int, actual: Words | None = None, expected: Words | None = None) -> bool:
    """Whether the result makes its run FAIL."""
    return counts_as(status, actual, expected) in {CountsAs.FAILED, CountsAs.NOT_RUN}
