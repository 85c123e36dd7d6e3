"""Children that do not outlive us, also where we are killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_SET_PARENT_DEATH_SIGNAL = 1


def end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For a child to call before it becomes another program: it gets this signal when its parent is killed.

    None where the system knows no such thing. The parent is the thread that starts it.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def ask() -> None:
        libc.prctl(_SET_PARENT_DEATH_SIGNAL, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask
