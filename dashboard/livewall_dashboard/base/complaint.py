"""Something is wrong, perhaps all night: the log says it once, then ever more rarely, and once that it is over."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0
"""Seconds until the same is said again; each time twice as long."""


class Complaint:
    """One thing that may be wrong, with a reason that may change. One thread at a time."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._text = ""
        self._since = 0.0
        self._again_at = 0.0
        self._pause = FIRST_PAUSE

    @property
    def is_open(self) -> bool:
        """The log speaks of it, and of no end yet."""
        return bool(self._text)

    def say(self, text: str, *, level: int = logging.WARNING) -> None:
        """It is wrong (still); logged where that is news, or was said long ago."""
        now = self._clock()
        if not self._text:
            self._since = now
        if text != self._text:
            self._text, self._pause = text, FIRST_PAUSE
            self._log.log(level, "%s", text)
        elif now >= self._again_at:
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self._log.log(level, "Still, after %s: %s", _told(now - self._since), text)
        else:
            return
        self._again_at = now + self._pause

    def end(self, text: str) -> None:
        """It is over; logged where the log speaks of it."""
        if self._text:
            self._log.info("%s (after %s)", text, _told(self._clock() - self._since))
            self._text = ""


def _told(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.0f} h"
