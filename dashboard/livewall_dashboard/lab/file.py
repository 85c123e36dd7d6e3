"""The configuration file while the wall runs: taken over when it changes, unless it is bad."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from livewall_dashboard.lab.model import Lab
from livewall_dashboard.lab.reading import load_lab

log = logging.getLogger(__name__)


class LabFile:
    """`current` is always the newest good lab. Raises Misconfigured when the file is bad from the start.

    `path` None: a lab without a file, which never changes.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lab = load_lab(path)
        self._callbacks: list[Callable[[Lab], None]] = []
        self._reading = threading.Lock()

    @classmethod
    def of(cls, lab: Lab) -> LabFile:
        """A lab that never changes."""
        made = cls(None)
        made._lab = lab
        return made

    @property
    def current(self) -> Lab:
        return self._lab

    def on_change(self, callback: Callable[[Lab], None]) -> None:
        """`callback(lab)` is called, in the watching thread, after each change."""
        self._callbacks.append(callback)

    def reload(self) -> None:
        """Read the file now."""
        with self._reading:
            lab = load_lab(self._path)
            if lab == self._lab:
                return
            self._lab = lab
            for callback in self._callbacks:
                callback(lab)
