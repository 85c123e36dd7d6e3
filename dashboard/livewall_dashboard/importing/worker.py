"""The program that imports uploaded files, beside the wall: reading hundreds of megabytes would hold up its frames.

    python -c "from livewall_dashboard.importing.worker import main; main()" FOLDER

`job.json` in the folder says what to import; the database is `LIVEWALL_DATABASE_URL`. A line of JSON is written to
stdout for each file. When stdin ends, the wall has: then so does this, and Postgres takes back what is half done.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
from pathlib import Path

import msgspec

from livewall_dashboard.base.errors import Unavailable
from livewall_dashboard.importing.import_file import import_file
from livewall_dashboard.importing.importer import importer_on
from livewall_dashboard.importing.input_files import InputFile
from livewall_dashboard.importing.report import FileReport
from livewall_dashboard.importing.upload_options import Options

NICER = 5
"""The wall comes first."""
MOST_MEMORY = 2 * 1024 * 1024 * 1024
"""Bytes of address space: what is read is read in little memory, whatever it says."""
AWAY = 75
"""The exit code where Postgres is away: the files that are left may be tried later."""


class UploadedFile(msgspec.Struct):
    """`path`: where it lies; `shown`: how its sender calls it."""

    path: str
    shown: str


class Job(msgspec.Struct):
    """`setups`: those whose runs the sender may write; None: all. `most`: bytes of a file, unpacked."""

    options: Options
    setups: list[str] | None
    most: int
    files: list[UploadedFile]


def main() -> None:
    threading.Thread(target=_end_with_the_wall, daemon=True).start()
    os.nice(NICER)
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
    with importer_on(url, most=job.most) as importer:
        for file in job.files:
            try:
                report = import_file(importer, InputFile(Path(file.path), named=True, shown=file.shown), wish, pattern)
            except MemoryError:
                report = FileReport(
                    file.shown, "broken", "It holds so much in one place that memory has no room for it."
                )
            sys.stdout.buffer.write(msgspec.json.encode(report.file) + b"\n")
            sys.stdout.buffer.flush()


def _end_with_the_wall() -> None:
    os.read(0, 1)
    os._exit(1)
