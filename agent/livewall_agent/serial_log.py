"""The rig's console, which commands of a job write to a file."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from livewall_agent.output_spool import OutputSpool
from livewall_agent.plain_file import read_plain

NAME = "serial.log"
"""In the folder where commands run."""
_MOST = 1_000_000
"""Bytes at a look."""


class SerialLog:
    """Follows the file as it grows; one that is begun anew is followed from its beginning. Any thread looks.

    `phase()`: in which the job is. It is asked after a look has read: what a phase has written is caught up with before
    it ends, so what is read later is of the next one, whenever that look was begun.
    """

    def __init__(self, folder: Path, spool: OutputSpool, phase: Callable[[], str]) -> None:
        self._path = folder / NAME
        self._spool = spool
        self._phase = phase
        self._position = 0
        self._lock = Lock()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def catch_up(self) -> None:
        """With all that there is: what comes afterwards is of another phase."""
        while self.look():
            pass

    def look(self) -> bool:
        """-> whether there was anything new."""
        with self._lock:
            return self._look()

    def _look(self) -> bool:
        found = read_plain(self._path, _MOST, self._position)
        if found is None:
            return False
        data, size = found
        if size < self._position:
            self._position = 0
            return True
        self._position += len(data)
        text = self._decoder.decode(data)
        if text:
            self._spool.add(self._phase(), text)
        return bool(data)
