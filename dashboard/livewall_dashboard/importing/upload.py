"""The files of a request, on the disk: they may be larger than memory, and many senders may be slow."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser

from livewall_dashboard.base.errors import BadRequest, TooLarge, Unavailable
from livewall_dashboard.base.sizes import MAX_PLAIN
from livewall_dashboard.postgres.disk_space import free_bytes
from livewall_dashboard.web.request_body import blocks, require_length

MAX_UPLOAD = MAX_PLAIN
"""Bytes of a request, as they come."""
MAX_FILES = 500
"""Files of a request."""
MAX_FIELDS = 500_000
"""Bytes of its other fields."""
MIN_FREE = 512 * 1024 * 1024
"""Bytes that are left free on the disk: the database may live there too."""
LOOK_EACH = 64 * 1024 * 1024
"""Bytes after which the disk is looked at again: others write there, too."""

FORM = "multipart/form-data"
_ODD = re.compile(r"[^\w. ()+@-]")


@dataclass(frozen=True)
class Received:
    """`path`: where the file lies; `shown`: how its sender calls it."""

    path: Path
    shown: str


@dataclass
class Upload:
    """What came: its files, and the fields of the form."""

    files: list[Received] = field(default_factory=list)
    fields: MultiDict[str, str] = field(default_factory=MultiDict)


def check_length(request: Request, folder: Path) -> None:
    """Before anything of the body is read. Raises LengthRequired, TooLarge, Unavailable."""
    require_length(request)
    length = request.content_length or 0
    if length > MAX_UPLOAD:
        raise TooLarge(
            f"A request has at most {MAX_UPLOAD} bytes, and this one {length}: send the files one by one, or packed by "
            "gzip. `livewall import` on the wall's machine takes files of any size."
        )
    _require_room(folder, length)
    request.max_content_length = MAX_UPLOAD


def receive(request: Request, folder: Path, name: str | None) -> Upload:
    """Writes the files below `folder`. `name`: of a file that is the whole body.

    Raises BadRequest where there is none, TooLarge, Unavailable where the disk is nearly full.
    """
    upload, opened = Upload(), ExitStack()

    def place(shown: str) -> IO[bytes]:
        if len(upload.files) >= MAX_FILES:
            raise TooLarge(f"A request has at most {MAX_FILES} files: send the others in another one.")
        path = folder / str(len(upload.files)) / _file_name(shown)
        path.parent.mkdir()
        upload.files.append(Received(path, shown))
        file = _Guarded(path, folder)
        opened.callback(file.close)
        return file  # type: ignore[return-value]

    with opened:
        if request.mimetype == FORM:
            upload.fields = _receive_form(request, place)
        else:
            file = place(_shown(name or ""))
            for block in blocks(request):
                file.write(block)
    # A form's field for files has an empty one where none was chosen.
    upload.files = [each for each in upload.files if each.shown or each.path.stat().st_size]
    if not upload.files:
        raise BadRequest(f"There is no file in the request: send {FORM} with one or more, or one as the body.")
    return upload


def _receive_form(request: Request, place: Callable[[str], IO[bytes]]) -> MultiDict[str, str]:
    """Its fields that are no files. Raises BadRequest, TooLarge."""

    def open_part(*, filename: str | None, **_: object) -> IO[bytes]:
        return place(_shown(filename or ""))

    parser = FormDataParser(
        stream_factory=open_part,  # type: ignore[arg-type]  # as it is called
        max_form_memory_size=MAX_FIELDS,
        max_content_length=MAX_UPLOAD,
        max_form_parts=MAX_FILES + 100,
        silent=False,
    )
    try:
        _, fields, _ = parser.parse(request.stream, request.mimetype, request.content_length, request.mimetype_params)
    except HTTPException as error:
        raise TooLarge(f"A form has at most {MAX_FIELDS} bytes in fields that are no files.") from error
    except ValueError as error:
        raise BadRequest(f"The form cannot be read: {error}. Was it cut off?") from None
    return fields


class _Guarded:
    """A file that is being written. Raises Unavailable before the disk is full."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._file = path.open("w+b")
        self._folder = folder
        self._since_look = 0

    def write(self, block: bytes) -> int:
        self._since_look += len(block)
        if self._since_look >= LOOK_EACH:
            self._since_look = 0
            _require_room(self._folder, 0)
        try:
            return self._file.write(block)
        except OSError as error:
            raise _full() from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _require_room(folder: Path, size: int) -> None:
    if free_bytes(folder) < size + MIN_FREE:
        raise _full()


def _full() -> Unavailable:
    return Unavailable("The wall's disk is nearly full; nothing was imported.", headers={"Retry-After": "60"})


def _shown(name: str) -> str:
    """A file's name as text to read; a folder's file may come with its path."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)[:1000]


def _file_name(shown: str) -> str:
    """What it is called on our disk: the last part of its name, as far as any disk takes that."""
    last = PurePosixPath(shown.replace("\\", "/")).name
    name = _ODD.sub("_", last).lstrip(".")
    while len(os.fsencode(name)) > 200:
        name = name[: len(name) * 3 // 4]
    return name or "file"
