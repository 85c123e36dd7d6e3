"""Events on disk, in order, until they are acknowledged.

A file per robot process: a header that says whose events these are, then one record an event. The header stands there
again now and then, so that no damaged place costs all. Acknowledged events leave the file now and then; the file goes
when nothing is left.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from pathlib import Path
from typing import IO, Callable

from livewall_listener import clock, encode, spool_format, trust, wire
from livewall_listener.records import pack
from livewall_listener.spool_format import Header, Index

SUFFIX = ".spool"
COMPACT_AT = 4 * 1024 * 1024
"""Bytes of acknowledged events from which on a file is written anew."""
MEMORY = 8 * 1024 * 1024
"""Bytes of events kept in memory while the disk does not take them."""
CLOSE_WITHIN = 1.0
"""Seconds that closing waits for a disk that is busy."""
RETRY_DISK = 1.0
"""Seconds until a disk that refused is asked again."""
SECOND_HEADER = 512
"""Bytes of records after which the header stands there again; the third comes when the file is twice as long."""
DAMAGED = "damaged on the node's disk"
"""What is said of an event that cannot be read any more."""


class SpoolFile:
    """A queue of numbered records: append at the end, read from any number, acknowledge from the front.

    For one writing and one reading thread. Records that the disk does not take (it is full, or `limit` bytes are used)
    wait in memory; what finds no room there either is refused.
    """

    def __init__(self, header: Header, path: Path | None, *, limit: int, memory: int = MEMORY) -> None:
        self.header = header
        self.path = path
        self.acknowledged = header.first_seq - 1
        self.lost = 0
        """Events that were damaged on the disk."""
        self.is_torn = False
        """The last one only, in which its writer was stopped."""
        self._limit = limit
        self._memory = memory
        self._lock = threading.RLock()
        self._file: IO[bytes] | None = None
        self._index = Index()
        self._text_of: Callable[[bytes], bytes | None] = spool_format.text_of
        self._first_seq = header.first_seq
        """Number of the first record in the file, or of the next one."""
        self._start = 0
        """Where the file's records begin."""
        self._next_header = 0
        """From where on the header is to stand there again."""
        self._header = b""
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._ask_disk_at = 0.0
        self._synced = True
        self._closed = False

    @classmethod
    def create(cls, header: Header, path: Path | None, *, limit: int, memory: int = MEMORY) -> SpoolFile:
        """An empty one. Without a path, or where the disk refuses, records stay in memory."""
        spool = cls(header, path, limit=limit, memory=memory)
        spool._write_to_disk()
        return spool

    @classmethod
    def load(cls, path: Path) -> SpoolFile:
        """What an earlier process left, to be read; damaged records are known as lost. Raises SpoolError, OSError."""
        _compacted(path).unlink(missing_ok=True)  # it was killed before that took the place of `path`
        file = trust.open_own(path, os.O_RDONLY)
        try:
            found = spool_format.read(file, path)
        except BaseException:
            file.close()
            raise
        spool = cls(found.header, None, limit=0)
        spool._file, spool._index, spool._text_of = file, found.index, found.text_of
        spool.lost, spool.is_torn = found.lost, found.is_torn
        return spool

    @property
    def first_seq(self) -> int:
        """Number of the first record that is still here."""
        return self._first_seq

    @property
    def last_seq(self) -> int:
        return self._first_seq + len(self._index) + len(self._tail) - 1

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
            in_file = self._first_seq + len(self._index) - 1
            if self._tail and self.acknowledged > in_file:
                self._forget_file()
                while self._first_seq <= self.acknowledged:
                    self._tail_bytes -= len(self._tail.popleft())
                    self._first_seq += 1
                self._write_to_disk()
            elif self.path and self._acknowledged_bytes() >= max(COMPACT_AT, self._end / 2):
                self._compact()

    def sync(self) -> None:
        """Make what is not acknowledged survive a power cut."""
        file = self._file
        if self._synced or not self.unacknowledged or file is None:
            return
        try:
            self._synced = True  # first: another thread may write meanwhile
            os.fsync(file.fileno())
        except (OSError, ValueError):
            self._synced = False  # the next second tries again

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
        return self._index[-1][1] if self._index else self._start

    def _record(self, seq: int) -> bytes:
        index = seq - self._first_seq
        if index >= len(self._index):
            return self._tail[index - len(self._index)]
        return self._from_disk(index) or encode.event(wire.Lost(1, DAMAGED))

    def _from_disk(self, index: int) -> bytes | None:
        """None where it is damaged."""
        assert self._file is not None
        begin, end = self._index[index]
        try:
            self._file.seek(begin)
            return self._text_of(self._file.read(end - begin)) if end else None
        except OSError:
            return None

    def _write_to_disk(self, *, now: bool = False) -> None:
        """Move what waits in memory to the file, all of it or nothing."""
        if self.path is None or (not now and clock.monotonic() < self._ask_disk_at):
            return
        try:
            if self._file is None:
                self._open()
            data, places, next_header = self._packed()
            if self._end + len(data) > self._limit:
                raise OSError("the spool may not grow any more")
            self._write(self._end, data)
        except OSError:
            self._ask_disk_at = clock.monotonic() + RETRY_DISK
            return
        for begin, end in places:
            self._index.add(begin, end)
        self._next_header = next_header
        self._tail.clear()
        self._tail_bytes = 0

    def _packed(self) -> tuple[bytes, list[tuple[int, int]], int]:
        """What waits, with the header before a record now and then -> bytes, places, next `_next_header`."""
        data, places = [], []
        position, next_header = self._end, self._next_header
        for number, text in enumerate(self._tail, self._first_seq + len(self._index)):
            if position >= next_header:
                data.append(self._header)
                position += len(self._header)
                next_header = 2 * position
            record = pack(number, text)
            data.append(record)
            places.append((position, position + len(record)))
            position += len(record)
        return b"".join(data), places, next_header

    def _open(self) -> None:
        assert self.path is not None
        self._file = trust.open_own(self.path, os.O_RDWR | os.O_CREAT)
        header = self.header.record(self._first_seq)
        try:
            self._file.truncate(0)
            self._write(0, header)
        except OSError:
            self._forget_file()
            raise
        self._begin_with(header)

    def _begin_with(self, header: bytes) -> None:
        self._header, self._start = header, len(header)
        self._next_header = len(header) + SECOND_HEADER

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
        self._first_seq += len(self._index)
        self._index = Index()
        self._start = 0
        if self._file is not None:
            self._file.close()
            self._file = None

    def _acknowledged_bytes(self) -> int:
        count = self.acknowledged - self._first_seq + 1
        return self._index[count - 1][1] - self._start if 0 < count <= len(self._index) else 0

    def _compact(self) -> None:
        """Write what is left to a new file that takes the old one's place; on any trouble the old one stays."""
        assert self._file is not None and self.path is not None
        count = self.acknowledged - self._first_seq + 1
        begin = self._index[count - 1][1]
        header = self.header.record(self.acknowledged + 1)
        new_path = _compacted(self.path)
        try:
            self._file.seek(begin)
            rest = self._file.read(self._end - begin)
            new = trust.open_own(new_path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            with new:
                if new.write(header + rest) != len(header + rest):
                    raise OSError("the disk is full")
                os.fsync(new.fileno())
            self._file.close()
            new_path.replace(self.path)
        except OSError:
            new_path.unlink(missing_ok=True)
        else:
            self._index = self._index.moved(len(header) - begin, count)
            self._first_seq += count
            self._begin_with(header)
        if self._file.closed:
            self._file = trust.open_own(self.path, os.O_RDWR)


def _compacted(path: Path) -> Path:
    """Where what is left of a spool is written before it takes the spool's place."""
    return path.with_suffix(".new")
