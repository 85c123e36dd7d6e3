"""What a job writes, in numbered fragments on the disk, until the server has it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock

from livewall_listener import records

FULL = 65536
"""Characters with which a fragment is on its way at once."""
SOON = 0.25
"""Seconds that the first character of one waits for others."""
_MOST_IN_MEMORY = 4_000_000
"""Characters kept for a disk that is full."""


@dataclass(frozen=True)
class Fragment:
    """`number` counts from 0 across all phases; `at`: ISO 8601, UTC."""

    number: int
    phase: str
    at: str
    text: str


class OutputSpool:
    """One file. Any thread adds, one reads. `limit`: bytes that it may take; what is written beyond is left out."""

    def __init__(self, path: Path, limit: float | None) -> None:
        self._path = path
        self._limit = limit or float("inf")
        self._lock = Lock()
        self._phase, self._text, self._since = "", "", 0.0
        self._missing = 0
        self._cut = False
        self._full = False
        self._held: Fragment | None = None
        self._position = 0
        self._noted = 0
        self._sent_path = path.with_name(f"{path.name}.sent")
        self._next, self._size = self._take_up()

    def add(self, phase: str, text: str) -> None:
        with self._lock:
            if phase != self._phase:
                self._flush()
            if not self._text:
                self._phase, self._since = phase, time.monotonic()
            self._text += text
            if len(self._text) >= FULL:
                self._flush()

    def flush(self, *, now: bool) -> None:
        """Make a fragment of what has gathered, once that has waited long enough."""
        with self._lock:
            if now or (self._text and time.monotonic() >= self._since + SOON):
                self._flush()

    def unsent(self) -> Iterator[Fragment]:
        """Those that the server does not have; who asks for the next one has delivered the one before."""
        for fragment, end in _read(self._path, self._position):
            yield fragment
            self._position = end
        while held := self._in_memory():
            yield held
            self._held = None

    def note(self) -> None:
        """Remember how far the server is, so that not all is sent once more after a kill."""
        if self._position != self._noted:
            self._noted = self._position
            with suppress(OSError):
                self._sent_path.write_text(str(self._position), encoding="ascii")

    @property
    def is_empty(self) -> bool:
        return not self._text and not self._held and self._position >= self._size

    def _take_up(self) -> tuple[int, int]:
        """Go on with a file of an earlier process, without what that could not write to its end. -> number, size."""
        number, size = 0, 0
        for fragment, end in _read(self._path, 0):
            number, size = fragment.number + 1, end
        if self._path.exists():
            os.truncate(self._path, size)
        with suppress(OSError, ValueError):
            self._position = min(size, int(self._sent_path.read_text(encoding="ascii")))
        return number, size

    def _in_memory(self) -> Fragment | None:
        """What the disk had no room for."""
        with self._lock:
            if self._held is None and self._full and self._text:
                self._held = Fragment(self._next, self._phase, _now(), self._gap() + self._text)
                self._next, self._text, self._missing = self._next + 1, "", 0
            return self._held

    def _flush(self) -> None:
        text, self._text = self._text, ""
        if self._size > self._limit:
            self._cut_off(text)
            return
        if not text and not self._missing:
            return
        try:
            self._append(self._gap() + text)
            self._missing, self._full = 0, False
        except OSError:
            self._keep_in_memory(text)

    def _gap(self) -> str:
        if not self._missing:
            return ""
        return f"\nlivewall-agent: {self._missing} characters of output are missing here: the disk was full\n"

    def _append(self, text: str) -> None:
        fragment = Fragment(self._next, self._phase, _now(), text)
        data = records.pack(fragment.number, json.dumps(asdict(fragment)).encode())
        with self._path.open("ab") as file:
            try:
                file.write(data)
                file.flush()
            except OSError:
                with suppress(OSError):
                    os.ftruncate(file.fileno(), self._size)
                raise
        self._size += len(data)
        self._next += 1

    def _keep_in_memory(self, text: str) -> None:
        self._full = True
        if len(text) < _MOST_IN_MEMORY:
            self._text, self._since = text, time.monotonic()
        else:
            self._missing += len(text)

    def _cut_off(self, text: str) -> None:
        if not self._cut and text:
            self._cut = True
            with suppress(OSError):
                self._append(
                    "\nlivewall-agent: the job has written more output than is kept; the rest is left out, "
                    "and the artifacts are a better place for it\n"
                )


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read(path: Path, position: int) -> Iterator[tuple[Fragment, int]]:
    """Whole fragments from there on, and where each ends; what is damaged is passed over."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(position)
        while (line := file.readline()).endswith(b"\n"):
            position += len(line)
            record = records.unpack(line)
            if record:
                yield Fragment(**json.loads(record[1])), position
