"""Waiting for what happens by itself, with a deadline instead of a sleep."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds a test waits for what takes milliseconds on an idle machine."""


def wait_for(
    look: Callable[[], T | None], timeout: float = PATIENCE, what: str = "", *, pause: float | None = None
) -> T:
    """Call `look` until it returns something true, and return that.

    Between two looks it sleeps `pause` seconds; without one, what takes long is looked at less often.
    An exception in `look` counts as "not yet". After `timeout` seconds: AssertionError that says `what` was waited for,
    and what `look` last returned or raised.
    """
    deadline = time.monotonic() + timeout
    pauses = _growing() if pause is None else repeat(pause)
    while True:
        last: object
        try:
            found = look()
            if found:
                return found
            last = found
        except Exception as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:g} s for {what or repr(look)}; the last look gave {last!r}")
        time.sleep(next(pauses))


def _growing() -> Iterator[float]:
    """Looking is work, for the test and for what it looks at: after two seconds a look each quarter is enough."""
    pause = 0.05
    while True:
        yield pause
        pause = min(pause * 1.1, 0.25)
