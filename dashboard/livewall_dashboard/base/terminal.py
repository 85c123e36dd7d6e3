"""Why a SIGHUP came: because the terminal was closed, or because somebody wants the configuration read again."""

from __future__ import annotations

import os
import signal


class Terminal:
    """The terminal of this process, if it has one, as it was when this was made."""

    def __init__(self) -> None:
        is_told = signal.getsignal(signal.SIGHUP) != signal.SIG_IGN  # nohup: it shall outlive the terminal
        self._ends_us = is_told and _is_there()

    def has_closed(self) -> bool:
        """Whether there was one that ends with us, and it is gone."""
        return self._ends_us and not _is_there()


def _is_there() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
