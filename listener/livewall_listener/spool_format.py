"""What stands in a spool file, and how it is read after a bad day: what is whole counts, what is not is counted."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import IO, Any, Callable

from livewall_listener import wire
from livewall_listener.records import MARK, pack, pieces, unpack

VERSION = 2
HEADER = 0
"""The number of a record that is the header; events are counted from 1."""
_FORMER = b'{"spool": 1,'
"""How a file of the former version begins: a line of JSON, then one event a line, without checksums."""
_ALL = {kind: {"kind", *(member.name for member in fields(event))} for kind, event in wire.EVENTS.items()}
_REQUIRED = {
    kind: {member.name for member in fields(event) if member.default is member.default_factory is MISSING}
    for kind, event in wire.EVENTS.items()
}


class SpoolError(Exception):
    """The file is not a spool."""


class NothingKept(SpoolError):
    """The file holds no event: its writer was stopped before the header was whole."""


class Unreadable(SpoolError):
    """There are events in it, but nothing says any more whose."""


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

    def record(self, first_seq: int) -> bytes:
        """`first_seq`: number of the first event in the file."""
        members = {"spool": VERSION, "url": self.url, "run_id": self.run_id, "first_seq": first_seq, "run": self.run}
        return pack(HEADER, json.dumps(members).encode())


class Index:
    """Where in the file each record begins and ends; one that is lost stands nowhere."""

    def __init__(self) -> None:
        self._begins = array("Q")
        self._ends = array("Q")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> tuple[int, int]:
        return self._begins[index], self._ends[index]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._begins, self._ends)

    def add(self, begin: int, end: int) -> None:
        self._begins.append(begin)
        self._ends.append(end)

    def lose(self, count: int) -> None:
        for _ in range(count):
            self.add(0, 0)

    def moved(self, distance: int, first: int) -> Index:
        """From the record `first` on, with the places after a move by so many bytes."""
        moved = Index()
        for begin, end in islice(self, first, None):
            moved.add(begin + distance, end + distance)
        return moved


@dataclass
class Found:
    """What a file holds. `lost`: events that are damaged; `is_torn`: its writer was stopped in the middle of the last.

    `text_of` makes a record's text of its bytes, or None where they have changed since.
    """

    header: Header
    text_of: Callable[[bytes], bytes | None]
    index: Index = field(default_factory=Index)
    lost: int = 0
    is_torn: bool = False

    def lose(self, count: int) -> None:
        self.index.lose(count)
        self.lost += count


def text_of(data: bytes) -> bytes | None:
    record = unpack(data)
    return record and record[1]


def read(file: IO[bytes], path: Path) -> Found:
    """Raises SpoolError, OSError."""
    for begin, data in pieces(file):
        if begin == 0 and data.startswith(_FORMER) and (header := _header_of(data, version=1)):
            return _read_former(file, header)
        record = unpack(data)
        if record and record[0] == HEADER and (header := _header_of(record[1], version=VERSION)):
            return _read(file, header)
    raise _no_header(file, path)


def _read(file: IO[bytes], header: Header) -> Found:
    """The numbers tell how many are missing; how many were damaged at the end is known no better than as pieces."""
    found = Found(header, text_of)
    damaged = 0
    for begin, data in pieces(file):
        record, expected = unpack(data), header.first_seq + len(found.index)
        if record is None:
            damaged += 1
        elif record[0] >= expected:
            found.lose(record[0] - expected)
            found.index.add(begin, begin + len(data))
            damaged = 0
    found.lose(damaged)
    found.is_torn = found.lost == damaged == 1 and not data.endswith(b"\n")
    return found


def _read_former(file: IO[bytes], header: Header) -> Found:
    """Each damaged line counts as one event, whatever it was."""
    found = Found(header, lambda line: line[:-1])
    for begin, data in pieces(file):
        if _is_event(data):
            found.index.add(begin, begin + len(data))
        elif begin > 0:
            found.lose(1)
    found.is_torn = found.lost == 1 and not data.endswith(b"\n")
    return found


def _is_event(line: bytes) -> bool:
    """Of the former version."""
    if not line.endswith(b"}\n"):
        return False
    try:
        event = json.loads(line)
        return _REQUIRED[event["kind"]] <= set(event) <= _ALL[event["kind"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _header_of(text: bytes, *, version: int) -> Header | None:
    try:
        members = json.loads(text)
        header = Header(members["url"], members["run_id"], members["run"], members["first_seq"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return header if members["spool"] == version and isinstance(header.run, dict) else None


def _no_header(file: IO[bytes], path: Path) -> SpoolError:
    found = [data for _, data in pieces(file)]
    whole = sum(unpack(data) is not None or _is_event(data) for data in found)
    if whole:
        return Unreadable(f"{whole} events are whole in {path}, but not the place that says whose they are")
    begin = b"".join(found).strip(b"\0")
    if b"\n" not in begin and (begin[:1] == MARK or begin[: len(_FORMER)] == _FORMER[: len(begin)]):
        return NothingKept(f"{path} ends before its first event")
    return SpoolError(f"{path} is not a spool of this version")
