"""How a test did near a commit: percents by status, the nearer a run the more it counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from livewall_dashboard.history.results.expectation import WORDS

LEAST = 98
"""What the percents add up to at least: each is rounded down."""

Key = tuple[str, str]
"""A status in lower case, and "expected", "unexpected" or ""."""


def weights(before: Sequence[int], after: Sequence[int], limit: int, at: int | None) -> dict[int, int]:
    """By uuid: of `limit` commits to each side, each counts one less than the next one to the middle; `at` twice."""
    found = {uuid: limit - 1 - distance for distance, uuid in enumerate(reversed(before))}
    found |= {uuid: limit - distance for distance, uuid in enumerate(after)}
    if at is not None:
        found[at] = 2 * limit
    return found


def percents(counted: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    """Empty where nothing counts."""
    sums: dict[Key, int] = {}
    for key, weight in counted:
        if weight > 0:
            sums[key] = sums.get(key, 0) + weight
    total = sum(sums.values())
    found = {key: 100 * part // total for key, part in sums.items()}
    # Many small ones lose most by being rounded: those that lost most get it back.
    for key in sorted(sums, key=lambda key: -(100 * sums[key] % total)):
        if sum(found.values()) >= LEAST:
            break
        found[key] += 1
    return found


def as_json(percents: dict[Key, int], *, with_expectations: bool) -> dict[str, Any]:
    """Every status is in it."""
    if not with_expectations:
        return {word.lower(): percents.get((word.lower(), ""), 0) for word in WORDS}
    found: dict[str, Any] = {word.lower(): {} for word in WORDS}
    for (word, expectation), percent in percents.items():
        found[word][expectation] = percent
    return found
