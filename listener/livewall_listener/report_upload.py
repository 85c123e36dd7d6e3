"""Tarballs of build reports to the wall: by the form that pretest's script sends, and later where there is no wall now.

What waits lies beside the spools, the tarball behind a line that says where it is to go.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from livewall_listener import spool_folder, trust
from livewall_listener.connection import Connection

MOST = 256 * 1024 * 1024
"""Bytes of a tarball; how many a wall takes it says itself."""
READ_TIMEOUT = 120.0
"""Seconds in which a wall reads and stores a large one."""
_LONGEST_HEADER = 64 * 1024


@dataclass(frozen=True)
class ReportFile:
    """`url`: the wall, without user and password; `address`: the path there, with its query; `name`: the tarball's."""

    url: str
    address: str
    name: str
    tarball: bytes

    def save(self, folder: Path) -> Path:
        """Raises OSError."""
        path = spool_folder.new_path(folder, spool_folder.REPORT)
        header = {name: value for name, value in asdict(self).items() if name != "tarball"}
        with trust.open_own(path, os.O_RDWR | os.O_CREAT | os.O_EXCL) as file:
            file.write(json.dumps(header).encode() + b"\n" + self.tarball)
            os.fsync(file.fileno())
        return path

    @classmethod
    def load(cls, path: Path) -> ReportFile:
        """Raises OSError, ValueError, TypeError."""
        with trust.open_own(path, os.O_RDONLY) as file:
            data = file.read(MOST + _LONGEST_HEADER)
        header, _, tarball = data.partition(b"\n")
        return cls(**json.loads(header), tarball=tarball)


class NotTaken(Exception):
    """The wall did not take it; `later` may help."""

    def __init__(self, message: str, *, later: bool):
        super().__init__(message)
        self.later = later


def upload_report(connection: Connection, report: ReportFile) -> str:
    """Bring it to the wall -> the line that it answers. Raises NotTaken and Unreachable."""
    if len(report.tarball) > MOST:
        raise NotTaken(f"{report.name} has more than {MOST // 1024 // 1024} MiB", later=False)
    boundary = secrets.token_hex(16)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    answer = connection.send("POST", report.address, _form(report, boundary), headers, read_timeout=READ_TIMEOUT)
    said = _printable(answer.data.decode("utf-8", "replace"))
    if 200 <= answer.status < 300:
        return said
    later = answer.status in {401, 403, 404, 408, 425, 429} or answer.status >= 500
    raise NotTaken(said[:500] or f"HTTP status {answer.status}", later=later)


def _form(report: ReportFile, boundary: str) -> bytes:
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="a"; filename="{report.name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + report.tarball + f"\r\n--{boundary}--\r\n".encode()


def _printable(text: str) -> str:
    """For a terminal."""
    return "".join(c if c.isprintable() else " " for c in text).strip()
