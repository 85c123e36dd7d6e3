"""The clock as it goes, whatever a library of the run does to Python's.

freezegun and its like put other functions into every module that holds those of `time` and `datetime` under a name, and
into `time` itself: with them no pause would ever be over. They do not look into classes.
"""

from __future__ import annotations

import time
from datetime import datetime, timezone


class _Real:
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)
    now = staticmethod(datetime.now)


def monotonic() -> float:
    """Seconds, to measure with."""
    return _Real.monotonic()


def sleep(seconds: float) -> None:
    _Real.sleep(seconds)


def utc_now() -> datetime:
    return _Real.now(timezone.utc)
