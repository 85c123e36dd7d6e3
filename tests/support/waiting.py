"""Waiting for what happens by itself, with a deadline instead of a sleep."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds a test waits for what takes milliseconds on an idle machine."""


def wait_for(look: Callable[[], T | None], timeout: float = PATIENCE, what: str = "", *, pause: float = 0.05) -> T:
    """Call `look` until it returns something true, and return that.

    An exception in `look` counts as "not yet". After `timeout` seconds: AssertionError that says `what` was waited for,
    and what `look` last returned or raised.
    """
    deadline = time.monotonic() + timeout
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
        time.sleep(pause)
