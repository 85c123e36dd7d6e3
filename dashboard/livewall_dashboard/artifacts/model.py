"""What is known of an uploaded file, and whose it is."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from livewall_dashboard.base.errors import Invalid, LivewallError

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._+@()-]{0,199}")
_KIND = re.compile(r"[a-z]+(_[a-z]+)*")
_ID = re.compile(r"[0-9a-f-]{1,64}")

_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".log": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


class WrongOffset(LivewallError):
    """The chunk does not follow what has arrived; `detail["expected_offset"]` says where to go on."""

    code, http_status = "wrong_offset", 416


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a file is. `kind`: "run", or what another feature calls its own; `id`: its number or UUID there.

    Rows of a run go with the run. Whoever has owners of another kind deletes their rows with them; the files follow.
    """

    kind: str
    id: str

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind) or not _ID.fullmatch(self.id):
            raise ValueError(f"{self.kind} {self.id} cannot own files")

    @classmethod
    def run(cls, run_no: int) -> Owner:
        return cls("run", str(run_no))

    @property
    def run_id(self) -> int | None:
        """The run's number; None for an owner of another kind."""
        return int(self.id) if self.kind == "run" else None

    @property
    def folder(self) -> str:
        """Where its files lie below the folder of all."""
        return self.id if self.kind == "run" else f"{self.kind}-{self.id}"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A stored file. `size`: bytes unpacked; `sha256`: of the file as it is kept, that is, packed by gzip.

    `process`: the name of the robot process it is from, where that was said. `place`: where it lies.
    """

    name: str
    process: str | None
    content_type: str
    size: int
    sha256: str
    stored_at: datetime
    place: str


def check_name(name: str) -> None:
    """Raises Invalid."""
    if not is_name(name):
        raise Invalid("An artifact's name is 1 to 200 letters, digits, spaces and . _ - + @ ( ), like log.html.")


def is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def content_type_of(name: str) -> str:
    return _CONTENT_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")


def stem_of(name: str) -> str:
    """What stands for the name in a path: nothing that a client says becomes part of one."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def former_place(run_no: int, name: str) -> str:
    """Where releases that knew one place for each name have a run's file."""
    return f"{run_no}/{stem_of(name)}.gz"
