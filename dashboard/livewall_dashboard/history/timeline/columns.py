"""Rows as columns, where what repeats is told once. Pure."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V", bound=Hashable)


class Places(Generic[V]):
    """Values in the order in which they were first seen, each once."""

    def __init__(self) -> None:
        self._places: dict[V, int] = {}

    def of(self, value: V) -> int:
        return self._places.setdefault(value, len(self._places))

    @property
    def values(self) -> list[V]:
        return list(self._places)
