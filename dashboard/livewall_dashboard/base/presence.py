"""Whether a feature is used at all: a wall does not speak of what it has none of."""

from __future__ import annotations

from collections.abc import Callable

LOOK_EACH = 5.0
"""Seconds between two looks."""


class Presence:
    """Asked by every page, also while Postgres is away: what was found last counts."""

    def __init__(self, is_used: Callable[[], bool]) -> None:
        self._is_used = is_used
        self._known = False

    def look(self) -> None:
        self._known = self._is_used()

    def is_known(self) -> bool:
        return self._known
