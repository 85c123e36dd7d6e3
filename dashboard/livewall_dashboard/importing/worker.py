"""The program that imports uploaded files, beside the wall: reading hundreds of megabytes would hold up its frames.

    python -c "from livewall_dashboard.importing.worker import main; main()" FOLDER

`job.json` in the folder says what to import; the database is `LIVEWALL_DATABASE_URL`. A line of JSON is written to
stdout for each file. When stdin ends, the wall has: then so does this, and Postgres takes back what is half done.
"""

from __future__ import annotations

import os
import re
import resource
import sys
import threading
from contextlib import suppress
from pathlib import Path

import msgspec

from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.importing.import_file import import_file
from livewall_dashboard.importing.importer import importer_on
from livewall_dashboard.importing.input_files import InputFile
from livewall_dashboard.importing.other_readers import OtherReaders
from livewall_dashboard.importing.report import FileReport
from livewall_dashboard.importing.upload_options import Options

NICER = 5
"""The wall comes first."""
MOST_MEMORY = 2 * 1024 * 1024 * 1024
"""Bytes of address space: what is read is read in little memory, whatever it says."""
AWAY = 75
"""The exit code where Postgres is away: the files that are left may be tried later."""

_OPTION = re.compile(r"--([a-z][a-z-]*[a-z])(?: (?:NAME=VALUE|NAME|NEW-ID|ID)\b)?")
"""An option of the command, where a reason names one: here it is a parameter."""


class UploadedFile(msgspec.Struct):
    """`path`: where it lies; `shown`: how its sender calls it."""

    path: str
    shown: str


class Job(msgspec.Struct):
    """`setups`: those whose runs the sender may write; None: all. `most`: bytes of a file, unpacked.

    `readers`: of other kinds, by name. `data`: the wall's folder.
    """

    options: Options
    setups: list[str] | None
    most: int
    files: list[UploadedFile]
    readers: list[str] = []
    data: str = ""


def main() -> None:
    threading.Thread(target=_end_with_the_wall, daemon=True).start()
    with suppress(OSError):  # a service may be denied to change how it runs
        os.nice(NICER)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    folder = Path(sys.argv[1])
    job = msgspec.json.decode((folder / "job.json").read_bytes(), type=Job)
    try:
        run(job, os.environ["LIVEWALL_DATABASE_URL"])
    except Unavailable as error:
        print(error.message, file=sys.stderr)
        sys.exit(AWAY)


def run(job: Job, url: str) -> None:
    """Raises Unavailable; what was told by then is stored."""
    wish, pattern = job.options.wish(job.setups), job.options.pattern()
    others = OtherReaders(job.readers, Path(job.data))
    with importer_on(url, most=job.most) as importer:
        for file in job.files:
            uploaded = InputFile(Path(file.path), named=True, shown=file.shown)
            try:
                report = import_file(importer, uploaded, wish, pattern, others)
            except MemoryError:
                report = FileReport(
                    file.shown, "broken", "It holds so much in one place that memory has no room for it."
                )
            found = report.file
            found.reason = found.reason and _OPTION.sub(_parameter, found.reason)
            sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
            sys.stdout.buffer.flush()


def _parameter(option: re.Match[str]) -> str:
    return f"`{option[1].replace('-', '_')}`"


def _end_with_the_wall() -> None:
    os.read(0, 1)
    os._exit(1)
