"""What the process above others holds them to, and how it hears what to do."""

from __future__ import annotations

import os
import resource
import threading
import time
from contextlib import suppress
from pathlib import Path

from livewall_agent import processes

LOOK_EACH = 1.0
"""Seconds between two looks at their memory."""


def bound_files(most: float | None) -> None:
    """No file of theirs is larger; and where memory runs out, the kernel's choice is them."""
    if most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


def line_of(descriptor: int) -> bytes:
    """Byte by byte: what follows is for another time."""
    line = b""
    while not line.endswith(b"\n"):
        data = os.read(descriptor, 1)
        if not data:
            return b""
        line += data
    return line


class Usage:
    """What processes use, looked at now and then; the disk by a thread, since a million files take their time."""

    def __init__(self, folder: Path, memory: float | None, disk: float | None, whose: str = "job") -> None:
        self._whose = whose
        self._folder = folder
        self._most_memory = memory
        self._most_disk = disk
        self._looked = time.monotonic()
        self._disk = 0
        if disk:
            threading.Thread(target=self._watch_disk, daemon=True).start()

    def excess(self) -> str:
        """What is too much, "" where nothing is."""
        disk, memory = self._most_disk, self._most_memory
        if disk and self._disk > disk:
            return f"disk: the {self._whose}'s files take {_size(self._disk)}, it may have {_size(disk)}"
        if not memory or time.monotonic() < self._looked + LOOK_EACH:
            return ""
        self._looked = time.monotonic()
        used = processes.memory()
        return f"memory: the {self._whose} uses {_size(used)}, it may have {_size(memory)}" if used > memory else ""

    def _watch_disk(self) -> None:
        """A tenth of the time at most."""
        while True:
            begun = time.monotonic()
            self._disk = processes.disk(self._folder)
            time.sleep(max(LOOK_EACH, 10 * (time.monotonic() - begun)))


def _size(number: float) -> str:
    return f"{number / 1_000_000:.1f} MB"
