"""The configuration file while the wall runs: taken over when it changes, unless it is bad."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from livewall_dashboard.base.background import Loop
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.feature import WatchedThread
from livewall_dashboard.base.offload import Offload, call_directly
from livewall_dashboard.base.signal import Signal
from livewall_dashboard.lab.faults import BadConfiguration
from livewall_dashboard.lab.load import Reading, read_lab
from livewall_dashboard.lab.model import Lab
from livewall_dashboard.lab.seen import SeenFiles, Signature, signatures

POLL = 1.0
"""Seconds between two looks. A changed file is read when two looks found it the same: whoever writes it is done."""

Notice = dict[str, str]
"""`kind`, `text` and `since`, as the wall's contract has it."""

log = logging.getLogger(__name__)


class LabFile:
    """`current` is always the newest good lab.

    Raises BadConfiguration when the file is bad from the start. `optional`: it may be missing then. `path` None: a lab
    without a file. `offload(function, *args)` runs what may block where it may block.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        optional: bool = False,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], datetime] = utc_now,
        offload: Offload = call_directly,
    ) -> None:
        self._path = path
        self._optional = optional
        self._environment = environment
        self._clock = clock
        self._offload = offload
        self.changed = Signal[Lab]("the configuration has changed")
        """Sent in the thread that read the file."""
        self.notices_changed = Signal[list[Notice]]("there is other news of the configuration")
        self._notices: list[Notice] = []
        self._told: str | None = None
        self._seen = SeenFiles()
        self._reading = threading.Lock()
        self._looked: Mapping[Path, Signature] = {}
        self._loop = Loop("configuration file", self._watch, POLL)
        self._was_there = False
        self._lab = Lab() if path is None else self._read(path)

    @classmethod
    def of(cls, lab: Lab) -> LabFile:
        """A lab without a file, which never changes."""
        made = cls(None)
        made._lab = lab
        return made

    @property
    def current(self) -> Lab:
        return self._lab

    @property
    def notices(self) -> list[Notice]:
        """What all screens must know; nothing while the file is the one in use."""
        return self._notices

    def start(self) -> None:
        """Begin to watch the file."""
        if self._path is not None:
            self._loop.start()

    def stop(self) -> None:
        self._loop.stop()

    @property
    def threads(self) -> tuple[WatchedThread, ...]:
        return (self._loop,)

    def reload(self) -> None:
        """Read the file now: take it over, or say why not and keep the lab there is."""
        if self._path is None:
            return
        with self._reading:
            try:
                lab = self._read(self._path)
            except BadConfiguration as error:
                self._refuse(error)
                return
            except Exception:
                log.exception("Reading %s failed; the former configuration stays", self._path)
                return
            if self._notices:
                log.info("%s is good again.", self._path)
                self._notify([])
            if lab != self._lab:
                self._lab = lab
                log.info("%s is taken over: %d setups, %d Jenkins.", self._path, len(lab.setups), len(lab.jenkins))
                self.changed.send(lab)

    def _read(self, path: Path) -> Lab:
        files = SeenFiles()
        try:
            if self._optional and not self._was_there and not path.exists():
                files.note(path)
                return Lab()
            reading: Reading = self._offload(read_lab, path, self._environment, files)
        finally:
            self._seen = files  # complete: whoever looks meanwhile compares with the former ones
        self._was_there = True
        self._say(logging.WARNING, "\n".join(map(str, reading.warnings)))
        return reading.lab

    def _refuse(self, error: BadConfiguration) -> None:
        """Keep what there is; the log and all screens are told once."""
        self._say(logging.ERROR, f"{error.message}\nThe former configuration stays.")
        since = self._notices[0]["since"] if self._notices else self._clock().isoformat()
        text = f"{error.in_short} The former configuration stays."
        self._notify([{"kind": "config", "text": text, "since": since}])

    def _notify(self, notices: list[Notice]) -> None:
        if notices != self._notices:
            self._notices = notices
            self.notices_changed.send(notices)

    def _say(self, level: int, text: str) -> None:
        if text != self._told:
            self._told = text
            if text:
                log.log(level, "%s", text)

    def _watch(self) -> None:
        self._looked = self._look(self._looked)

    def _look(self, before: Mapping[Path, Signature]) -> Mapping[Path, Signature]:
        """Read the file if it has changed and is as it was at the look before."""
        now: Mapping[Path, Signature] = self._offload(signatures, list(self._seen.of))
        if now != self._seen.of and now == before:
            self.reload()
        return now
