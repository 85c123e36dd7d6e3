"""Processes that are not the test's own children."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import psutil


def kill_all(processes: Iterable[psutil.Process]) -> None:
    """Each of them, as far as it has not ended by itself, as what works for another does when that is killed."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
