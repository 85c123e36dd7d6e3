"""What happens seldom, told to whoever asked to hear of it. What happens with each event is a plain call."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

log = logging.getLogger(__name__)


class Signal(Generic[T]):
    """`meaning`: what has happened, for the log: "a run has ended"."""

    def __init__(self, meaning: str) -> None:
        self._meaning = meaning
        self._receivers: list[Callable[[T], Any]] = []

    def connect(self, receiver: Callable[[T], Any]) -> None:
        """From now on it is called each time, in the thread of whoever sends."""
        self._receivers.append(receiver)

    def send(self, value: T) -> None:
        """Tells all, in the order they connected; one that fails does not keep it from the others."""
        for receiver in self._receivers:
            try:
                receiver(value)
            except Exception:
                log.exception("A part of the wall could not take it over that %s", self._meaning)
