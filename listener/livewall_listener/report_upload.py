"""Tarballs of build reports to the wall: by the form that pretest's script sends, and later where there is no wall now.

What waits lies beside the spools, the tarball behind a line that says where it is to go.
"""

from __future__ import annotations

import errno
import io
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from livewall_listener import spool_folder, trust
from livewall_listener.connection import Connection

READ_TIMEOUT = 120.0
"""Seconds in which a wall reads and stores a large one."""
_LONGEST_HEADER = 64 * 1024
_AT_ONCE = 1024 * 1024


@dataclass(frozen=True)
class ReportFile:
    """`url`: the wall, without user and password; `address`: the path there, with its query; `name`: the tarball's.

    `file`: open where the tarball begins, to be read once; `size`: its bytes.
    """

    url: str
    address: str
    name: str
    file: IO[bytes]
    size: int

    @classmethod
    @contextmanager
    def of(cls, path: Path, *, url: str, address: str) -> Iterator[ReportFile]:
        """Raises OSError."""
        with path.open("rb") as file:
            yield cls(url, address, path.name, file, os.fstat(file.fileno()).st_size)

    @classmethod
    @contextmanager
    def load(cls, path: Path) -> Iterator[ReportFile]:
        """One that was saved. Raises OSError, ValueError, TypeError."""
        with trust.open_own(path, os.O_RDONLY) as file:
            header, is_there, _ = file.read(_LONGEST_HEADER).partition(b"\n")
            if not is_there:
                raise ValueError(f"{path} is damaged")
            file.seek(len(header) + 1)
            yield cls(**json.loads(header), file=file, size=os.fstat(file.fileno()).st_size - len(header) - 1)

    def save(self, folder: Path) -> Path:
        """Raises OSError, also where spools and reports have taken all the room that they may."""
        if spool_folder.used(folder) + self.size > spool_folder.LIMIT:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
        path = spool_folder.new_path(folder, spool_folder.REPORT)
        header = {"url": self.url, "address": self.address, "name": self.name}
        try:
            with io.BufferedWriter(trust.open_own(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)) as file:
                file.write(json.dumps(header).encode() + b"\n")
                shutil.copyfileobj(self.file, file, _AT_ONCE)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path


class NotTaken(Exception):
    """The wall did not take it; `later` may help."""

    def __init__(self, message: str, *, later: bool):
        super().__init__(message)
        self.later = later


def upload_report(connection: Connection, report: ReportFile) -> str:
    """Bring it to the wall -> the line that it answers. Raises NotTaken and Unreachable."""
    boundary = secrets.token_hex(16)
    form = _Form(report, boundary)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(form.size)}
    answer = connection.send("POST", report.address, form, headers, read_timeout=READ_TIMEOUT)
    said = _printable(answer.data.decode("utf-8", "replace"))
    if 200 <= answer.status < 300:
        return said
    later = answer.status in {401, 403, 404, 408, 425, 429} or answer.status >= 500
    raise NotTaken(said[:500] or f"HTTP status {answer.status}", later=later)


class _Form:
    """A report as a form sends it, without having it in memory: a robot's run may be what delivers it."""

    def __init__(self, report: ReportFile, boundary: str) -> None:
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="a"; filename="{report.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._file = report.file
        self._left = report.size
        self.size = len(self._head) + report.size + len(self._tail)

    def read(self, size: int = _AT_ONCE) -> bytes:
        if self._head:
            data, self._head = self._head, b""
            return data
        if self._left:
            data = self._file.read(min(self._left, size if size > 0 else _AT_ONCE))
            if not data:
                raise OSError("the report has become shorter while it was sent")
            self._left -= len(data)
            return data
        data, self._tail = self._tail, b""
        return data


def _printable(text: str) -> str:
    """For a terminal."""
    return "".join(c if c.isprintable() else " " for c in text).strip()
