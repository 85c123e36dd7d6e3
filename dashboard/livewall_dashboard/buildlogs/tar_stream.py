"""Reads a tarball as it comes, member by member; what could harm anybody is refused before it is read.

tarfile reads a header, and no more: given a whole archive it believes the sizes that members claim, takes names of any
length into memory, and makes links.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from livewall_dashboard.buildlogs.limits import MIB, NotAReport, TooLargeReport
from livewall_dashboard.lab.model import ReportLimits

RECORD = tarfile.BLOCKSIZE
PIECE = 256 * 1024
MOST_EXTENSION = 64 * 1024
"""Bytes of a header that extends the next one: a long name, or attributes of its file."""
MOST_NAME = 255
FOLDER = "logs/"
_LINKS = {tarfile.LNKTYPE: "a hard link", tarfile.SYMTYPE: "a symbolic link"}
_DEVICES = (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_LONG_NAME, _LONG_LINK = tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK
_ATTRIBUTES = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive: its name below `logs/`, its size in bytes, and its content, which is read once.

    `changed_at`: when it was last written to, by the clock of the build machine, in seconds of the epoch.
    """

    name: str
    size: int
    changed_at: float
    pieces: Iterator[bytes]


def read_members(blocks: Iterable[bytes], limits: ReportLimits) -> Iterator[Member]:
    """The files of the folder `logs/`, in the order of the archive. Raises NotAReport and TooLargeReport."""
    return _Reader(_Bytes(blocks), limits).members()


class _Bytes:
    """A stream of blocks, read by the byte."""

    def __init__(self, blocks: Iterable[bytes]):
        self._blocks = iter(blocks)
        self._rest = memoryview(b"")

    def pieces(self, size: int) -> Iterator[bytes]:
        """Raises NotAReport where there are fewer."""
        while size > 0:
            if not self._rest:
                self._rest = memoryview(next(self._blocks, b""))
                if not self._rest:
                    raise NotAReport("the tar archive ends in the middle of a file; send it again, whole")
            piece = bytes(self._rest[: min(size, PIECE)])
            self._rest = self._rest[len(piece) :]
            size -= len(piece)
            yield piece

    def read(self, size: int) -> bytes:
        return b"".join(self.pieces(size))

    def has_more_than_zeros(self) -> bool:
        if bytes(self._rest).strip(b"\0"):
            return True
        return any(block.strip(b"\0") for block in self._blocks)


class _Reader:
    """`_name`: what an extending header says of the next member's name."""

    def __init__(self, stream: _Bytes, limits: ReportLimits):
        self._stream = stream
        self._limits = limits
        self._left = limits.unpacked
        self._headers = 0
        self._seen: set[str] = set()
        self._name = ""

    def members(self) -> Iterator[Member]:
        while (header := self._next_header()) is not None:
            if self._extends(header):
                continue
            name = self._checked_name(header)
            if name is None:
                continue
            pieces = self._stream.pieces(header.size)
            yield Member(name, header.size, float(header.mtime), pieces)
            for _ in pieces:
                pass
            self._stream.read(-header.size % RECORD)
        if self._stream.has_more_than_zeros():
            raise NotAReport("there is more behind the end of the tar archive; send one archive alone")

    def _next_header(self) -> tarfile.TarInfo | None:
        record = self._stream.read(RECORD)
        if not record.strip(b"\0"):
            return None
        try:
            header = tarfile.TarInfo.frombuf(record, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            raise NotAReport("what is packed in it is no tar archive; send the .tar.bz2 that the build wrote") from None
        self._headers += 1
        if self._headers > self._limits.members:
            raise TooLargeReport(f"it has more than {self._limits.members} members; send less of its logs")
        if header.size < 0:
            raise NotAReport("a member of the tar archive has a size below 0")
        self._left -= header.size
        if self._left < 0:
            raise TooLargeReport(f"it unpacks to more than {self._limits.unpacked // MIB} MiB; send less of its logs")
        return header

    def _extends(self, header: tarfile.TarInfo) -> bool:
        """Whether it is no member, but says something of the next one."""
        if header.type not in (_LONG_NAME, _LONG_LINK, *_ATTRIBUTES):
            return False
        if header.size > MOST_EXTENSION:
            raise NotAReport(f"a header of the tar archive has more than {MOST_EXTENSION} bytes")
        data = self._stream.read(header.size)
        self._stream.read(-header.size % RECORD)
        if header.type == _LONG_NAME:
            self._name = data.rstrip(b"\0").decode("utf-8", "surrogateescape")
        elif header.type != _LONG_LINK:
            self._take_attributes(data)
        return True

    def _take_attributes(self, data: bytes) -> None:
        for key, value in _attributes(data):
            if key.startswith("GNU.sparse"):
                raise NotAReport("it has a sparse file, which is more than it seems; pack it without --sparse")
            if key == "size":
                raise NotAReport("a member of the tar archive claims more than 8 GiB")
            if key == "path":
                self._name = value

    def _checked_name(self, header: tarfile.TarInfo) -> str | None:
        """The member's name below `logs/`; None for that folder itself. Raises NotAReport for what must not be here."""
        name, self._name = self._name or header.name, ""
        if header.type == tarfile.GNUTYPE_SPARSE:
            raise NotAReport("it has a sparse file, which is more than it seems; pack it without --sparse")
        shown = show(name)
        if header.type in _LINKS:
            raise NotAReport(f"{shown} is {_LINKS[header.type]}; a report has files alone")
        if header.type in _DEVICES:
            raise NotAReport(f"{shown} is a device or a pipe; a report has files alone")
        if header.type == tarfile.DIRTYPE:
            if name.rstrip("/") + "/" == FOLDER:
                return None
            raise NotAReport(f"it has a folder {shown}; a report is one folder, logs/, of files")
        if header.type not in _PLAIN:
            raise NotAReport(f"{shown} is no plain file; a report has files alone")
        return self._below_logs(name, shown)

    def _below_logs(self, name: str, shown: str) -> str:
        below = name[len(FOLDER) :]
        if not name.startswith(FOLDER) or not below or "/" in below or "\\" in below or below in {".", ".."}:
            raise NotAReport(f"it has a file {shown}; a report is one folder, logs/, of files")
        if len(name) > MOST_NAME or any(character < " " or character == "\x7f" for character in name):
            raise NotAReport(f"a file is called {shown}, which is too long or has control characters")
        if below in self._seen:
            raise NotAReport(f"it has two files {shown}; which of them is meant nobody can say")
        self._seen.add(below)
        return below.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _attributes(data: bytes) -> Iterator[tuple[str, str]]:
    """The `length key=value` lines of an extended header. Raises NotAReport."""
    while data:
        length, separator, _ = data.partition(b" ")
        if not separator or not length.isdigit() or len(length) > 6 or not len(length) < int(length) <= len(data):
            raise NotAReport("an extended header of the tar archive is damaged")
        record, data = data[len(length) + 1 : int(length)], data[int(length) :]
        key, _, value = record.rstrip(b"\n").partition(b"=")
        yield key.decode("utf-8", "replace"), value.decode("utf-8", "surrogateescape")


def show(name: str) -> str:
    """A name out of a hostile archive, for people."""
    return ascii(name[:80] + ("..." if len(name) > 80 else ""))
