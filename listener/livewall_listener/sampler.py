"""When a sample of what runs now is worth sending."""

from __future__ import annotations

from collections.abc import Callable
from typing import Tuple

from livewall_listener import wire

Sample = Tuple[wire.Now, float]
"""What runs now, and for how many seconds its test or phase has been running."""
INTERVAL = 1.0
"""Seconds between samples."""
WORTH_TELLING = 2.0
"""Seconds a test or a phase has to last until the wall hears of its keywords."""


class Sampler:
    """`look` gives what runs now, None where nothing does."""

    def __init__(self, look: Callable[[], Sample | None]) -> None:
        self._look = look
        self._next = 0.0
        self._told: wire.Now | None = None

    def forget(self) -> None:
        """The wall did not get the last news."""
        self._told = None

    @property
    def due_at(self) -> float:
        return self._next

    def news(self, now: float) -> wire.Now | None:
        """What is to be told: nothing before it is due, while all is quick, or when nothing changed."""
        if now < self._next:
            return None
        self._next = now + INTERVAL
        found = self._look()
        if found is None or found[1] < WORTH_TELLING:
            return None
        sample, told = found[0], self._told
        if told and _same(told, sample):
            told.elapsed_time, told.phase_elapsed_time = sample.elapsed_time, sample.phase_elapsed_time
            return None
        self._told = sample
        return sample


def _same(told: wire.Now, sample: wire.Now) -> bool:
    """The same keyword still runs: one that started again has run for less time than before."""
    return (
        told.keywords == sample.keywords
        and told.phase == sample.phase
        and sample.elapsed_time >= told.elapsed_time
        and sample.phase_elapsed_time >= told.phase_elapsed_time
    )
