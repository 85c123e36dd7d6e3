"""Events on disk, in order, until they are acknowledged.

A file per robot process: a first line that says whose events these are, then one event a line. The number of an event
follows from its place. Acknowledged events leave the file now and then; the file goes when nothing is left.
"""

from __future__ import annotations

import json
import os
import threading
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from livewall_listener import clock, wire

VERSION = 1
SUFFIX = ".spool"
COMPACT_AT = 4 * 1024 * 1024
"""Bytes of acknowledged events from which on a file is written anew."""
MEMORY = 8 * 1024 * 1024
"""Bytes of events kept in memory while the disk does not take them."""
CLOSE_WITHIN = 1.0
"""Seconds that closing waits for a disk that is busy."""
RETRY_DISK = 1.0
"""Seconds until a disk that refused is asked again."""


_BEGIN = b'{"spool": '
"""Of each file; a power cut may leave zeros in its place."""
_OPEN_FLAGS = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


class SpoolError(Exception):
    """The file is not a spool."""


class NothingKept(SpoolError):
    """The file holds no event: its writer was stopped before the first line was whole."""


@dataclass
class Header:
    """Whose events these are; the token is never part of it. `run` is the body of the PUT, a `wire.RunInfo`."""

    url: str
    run_id: str
    run: dict[str, Any]
    first_seq: int = wire.FIRST_SEQ

    @property
    def process(self) -> str:
        return str(self.run.get("process", ""))

    def line(self, first_seq: int) -> bytes:
        members = {"spool": VERSION, "url": self.url, "run_id": self.run_id, "first_seq": first_seq, "run": self.run}
        return json.dumps(members).encode() + b"\n"


class Spool:
    """A queue of numbered records: append at the end, read from any number, acknowledge from the front.

    For one writing and one reading thread. Records that the disk does not take (it is full, or `limit` bytes are used)
    wait in memory; what finds no room there either is refused.
    """

    def __init__(self, header: Header, path: Path | None, *, limit: int, memory: int = MEMORY) -> None:
        self.header = header
        self.path = path
        self.acknowledged = header.first_seq - 1
        self._limit = limit
        self._memory = memory
        self._lock = threading.RLock()
        self._file: IO[bytes] | None = None
        self._first_seq = header.first_seq
        """Number of the first record in the file, or of the next one."""
        self._start = 0
        self._ends = array("Q")
        """Where the file's records begin, and where each of them ends."""
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._ask_disk_at = 0.0
        self._synced = True
        self._closed = False

    @classmethod
    def create(cls, header: Header, path: Path | None, *, limit: int, memory: int = MEMORY) -> Spool:
        """An empty one. Without a path, or where the disk refuses, records stay in memory."""
        spool = cls(header, path, limit=limit, memory=memory)
        spool._write_to_disk()
        return spool

    @classmethod
    def load(cls, path: Path) -> Spool:
        """What an earlier process left; a record torn at the end is dropped. Raises SpoolError, OSError."""
        _compacted(path).unlink(missing_ok=True)  # it was killed before that took the place of `path`
        with path.open("rb") as file:
            header_line = file.readline()
            header = _header_of(header_line, path)
            ends = array("Q", _record_ends(file, len(header_line)))
        spool = cls(header, path, limit=path.stat().st_size)
        spool._start, spool._ends = len(header_line), ends
        spool._file = path.open("r+b", buffering=0)
        spool._file.truncate(spool._end)
        return spool

    @property
    def first_seq(self) -> int:
        """Number of the first record that is still here."""
        return self._first_seq

    @property
    def last_seq(self) -> int:
        return self._first_seq + len(self._ends) + len(self._tail) - 1

    @property
    def unacknowledged(self) -> int:
        return self.last_seq - self.acknowledged

    @property
    def is_safe(self) -> bool:
        """Everything not yet acknowledged survives the end of this process."""
        return not self._tail

    def append(self, records: list[bytes]) -> int:
        """-> how many of the records were taken; the first of the refused ones may fit when it is smaller."""
        with self._lock:
            taken = 0
            if self._closed:
                return taken
            for record in records:
                if self._tail_bytes and self._tail_bytes + len(record) > self._memory:
                    break
                self._tail.append(record)
                self._tail_bytes += len(record)
                taken += 1
            self._write_to_disk()
            return taken

    @property
    def pressure(self) -> float:
        """How full the memory behind a disk that does not take records is: 0 to 1, 0 while all is well."""
        return self.pressure_with(0)

    def pressure_with(self, more: int) -> float:
        """What the pressure would be with so many bytes more, if the disk took none of them."""
        return (self._tail_bytes + more) / self._memory

    def read(self, first: int, *, most: int, most_bytes: int) -> list[bytes]:
        """Records from number `first` on, at least one where there is one."""
        with self._lock:
            found: list[bytes] = []
            size = 0
            if self._closed:
                return found
            for seq in range(max(first, self._first_seq), min(first + most, self.last_seq + 1)):
                record = self._record(seq)
                size += len(record)
                if found and size > most_bytes:
                    break
                found.append(record)
            return found

    def acknowledge(self, seq: int) -> None:
        """Everything up to `seq` is stored by the wall."""
        with self._lock:
            if self._closed:
                return
            self.acknowledged = max(self.acknowledged, min(seq, self.last_seq))
            in_file = self._first_seq + len(self._ends) - 1
            if self._tail and self.acknowledged > in_file:
                self._forget_file()
                while self._first_seq <= self.acknowledged:
                    self._tail_bytes -= len(self._tail.popleft())
                    self._first_seq += 1
                self._write_to_disk()
            elif self._acknowledged_bytes() >= COMPACT_AT and self._acknowledged_bytes() * 2 >= self._end:
                self._compact()

    def sync(self) -> None:
        """Make what is not acknowledged survive a power cut."""
        file = self._file
        if self._synced or not self.unacknowledged or file is None:
            return
        try:
            os.fsync(file.fileno())
            self._synced = True
        except (OSError, ValueError):
            pass  # the next second tries again

    def close(self, *, delete: bool) -> None:
        """Leaves things as they are where a disk hangs: the end of a run must not hang with it."""
        if not self._lock.acquire(timeout=CLOSE_WITHIN):
            return
        try:
            self._write_to_disk(now=True)
            self._closed = True
            if self._file is not None:
                self._file.close()
                self._file = None
            if delete and self.path is not None:
                self.path.unlink(missing_ok=True)
        finally:
            self._lock.release()

    @property
    def _end(self) -> int:
        return self._ends[-1] if self._ends else self._start

    def _record(self, seq: int) -> bytes:
        index = seq - self._first_seq
        if index >= len(self._ends):
            return self._tail[index - len(self._ends)]
        assert self._file is not None
        begin = self._ends[index - 1] if index else self._start
        self._file.seek(begin)
        return self._file.read(self._ends[index] - begin - 1)

    def _write_to_disk(self, *, now: bool = False) -> None:
        """Move what waits in memory to the file, all of it or nothing."""
        if self.path is None or (not now and clock.monotonic() < self._ask_disk_at):
            return
        data = b"".join(record + b"\n" for record in self._tail)
        try:
            if self._file is None:
                self._open()
            if self._end + len(data) > self._limit:
                raise OSError("the spool may not grow any more")
            self._write(self._end, data)
        except OSError:
            self._ask_disk_at = clock.monotonic() + RETRY_DISK
            return
        end = self._end
        for record in self._tail:
            end += len(record) + 1
            self._ends.append(end)
        self._tail.clear()
        self._tail_bytes = 0

    def _open(self) -> None:
        assert self.path is not None
        line = self.header.line(self._first_seq)
        file = os.fdopen(os.open(self.path, _OPEN_FLAGS, 0o600), "r+b", buffering=0)
        self._file = file
        try:
            self._write(0, line)
        except OSError:
            self._forget_file()
            raise
        self._start = len(line)

    def _write(self, position: int, data: bytes) -> None:
        assert self._file is not None
        self._file.seek(position)
        try:
            written = self._file.write(data) if data else 0
        except OSError:
            self._file.truncate(position)
            raise
        if written != len(data):
            self._file.truncate(position)
            raise OSError("the disk is full")
        self._synced = False

    def _forget_file(self) -> None:
        """Its records are acknowledged, or it never took one: the next write begins it anew."""
        self._first_seq += len(self._ends)
        self._ends = array("Q")
        self._start = 0
        if self._file is not None:
            self._file.close()
            self._file = None

    def _acknowledged_bytes(self) -> int:
        count = self.acknowledged - self._first_seq + 1
        return self._ends[count - 1] - self._start if 0 < count <= len(self._ends) else 0

    def _compact(self) -> None:
        """Write what is left to a new file that takes the old one's place; on any trouble the old one stays."""
        assert self._file is not None and self.path is not None
        count = self.acknowledged - self._first_seq + 1
        begin = self._ends[count - 1]
        line = self.header.line(self.acknowledged + 1)
        new_path = _compacted(self.path)
        try:
            self._file.seek(begin)
            rest = self._file.read(self._end - begin)
            with os.fdopen(os.open(new_path, _OPEN_FLAGS, 0o600), "wb") as new:
                new.write(line + rest)
                new.flush()
                os.fsync(new.fileno())
            self._file.close()
            new_path.replace(self.path)
        except OSError:
            new_path.unlink(missing_ok=True)
        else:
            self._ends = array("Q", (end - begin + len(line) for end in self._ends[count:]))
            self._first_seq += count
            self._start = len(line)
        if self._file.closed:
            self._file = self.path.open("r+b", buffering=0)


def _compacted(path: Path) -> Path:
    """Where what is left of a spool is written before it takes the spool's place."""
    return path.with_suffix(".new")


def _header_of(line: bytes, path: Path) -> Header:
    try:
        members = json.loads(line)
        header = Header(members["url"], members["run_id"], members["run"], members["first_seq"])
        if members["spool"] == VERSION and line.endswith(b"\n"):
            return header
    except (ValueError, KeyError, TypeError):
        pass  # as good as another version
    if not line.endswith(b"\n") and line.strip(b"\0")[: len(_BEGIN)] == _BEGIN[: len(line.strip(b"\0"))]:
        raise NothingKept(f"{path} ends before its first event")
    raise SpoolError(f"{path} is not a spool of this version")


def _record_ends(file: IO[bytes], start: int) -> Iterator[int]:
    """Where the whole records end; from the first damaged one on, nothing counts."""
    for line in file:
        if not (line.startswith(b"{") and line.endswith(b"}\n")):
            return
        start += len(line)
        yield start
