"""Result files to the wall: compressed, in pieces, resumed where the line broke.

What is to be uploaded stands in a small job file beside the spools until the wall has it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import IO

from livewall_listener import clock, records, spool_folder, trust
from livewall_listener.client import Client, Reply, Unreachable
from livewall_listener.notices import Notices

SUFFIX = ".upload"
CHUNK = 4 * 1024 * 1024
"""Bytes of the compressed file in one request."""
ATTEMPTS = 5
"""Requests without progress until an upload is left for later."""
_LARGEST_JOB = 1024 * 1024
_PAUSE, _LONGEST_PAUSE = 0.3, 10.0


@dataclass
class Job:
    """A file as it was when the run ended: one that was written anew since then belongs to another run."""

    url: str
    run_id: str
    process: str
    name: str
    path: str
    size: int
    modified: int
    """`st_mtime_ns`."""

    @classmethod
    def of(cls, path: Path, *, url: str, run_id: str, process: str, name: str) -> Job:
        """Raises OSError."""
        with trust.open_foreign(path) as file:
            state = os.fstat(file.fileno())
        return cls(url, run_id, process, name, str(path.absolute()), state.st_size, state.st_mtime_ns)

    def save(self, folder: Path) -> Path:
        """Raises OSError."""
        path = spool_folder.new_path(folder, SUFFIX)
        with trust.open_own(path, os.O_RDWR | os.O_CREAT | os.O_EXCL) as file:
            file.write(records.pack(0, json.dumps(asdict(self)).encode()))
        return path

    @classmethod
    def load(cls, path: Path) -> Job:
        """Raises OSError, ValueError, TypeError."""
        with trust.open_own(path, os.O_RDONLY) as file:
            data = file.read(_LARGEST_JOB)
        if data.startswith(records.MARK):
            record = records.unpack(data)
            if record is None:
                raise ValueError(f"{path} is damaged")
            data = record[1]
        return cls(**json.loads(data))

    def is_of(self, file: IO[bytes]) -> bool:
        state = os.fstat(file.fileno())
        return (state.st_size, state.st_mtime_ns) == (self.size, self.modified)


class UploadError(Exception):
    """It did not work; `later` may help."""

    def __init__(self, message: str, *, later: bool):
        super().__init__(message)
        self.later = later


def upload(client: Client, job: Job, is_over: Callable[[], bool]) -> None:
    """Bring one file to the wall, or raise UploadError; `is_over` says that there is no time left."""
    with tempfile.TemporaryFile() as packed:
        try:
            with trust.open_foreign(Path(job.path)) as file:
                digest, size = _pack(file, packed) if job.is_of(file) else ("", 0)
                is_same = job.is_of(file)
        except FileNotFoundError:
            is_same = False
        except OSError as error:
            raise UploadError(f"{job.path} cannot be read: {error}", later=True) from None
        if not is_same:
            raise UploadError(f"{job.path} is gone or belongs to another run by now", later=False)
        _send(client, job, packed, digest, size, is_over)


def _pack(source: IO[bytes], target: IO[bytes]) -> tuple[str, int]:
    """Gzip without a name and a time, so that the same file is the same bytes. -> SHA-256, size."""
    with gzip.GzipFile("", "wb", 6, target, mtime=0) as packer:
        shutil.copyfileobj(source, packer, 1024 * 1024)
    size = target.tell()
    target.seek(0)
    sha = hashlib.sha256()
    while piece := target.read(1024 * 1024):
        sha.update(piece)
    return sha.hexdigest(), size


def _send(client: Client, job: Job, packed: IO[bytes], digest: str, size: int, is_over: Callable[[], bool]) -> None:
    offset, furthest, attempts, reason = 0, 0, 0, ""
    while attempts < ATTEMPTS:
        if is_over():
            raise UploadError("the run has ended", later=True)
        packed.seek(offset)
        piece = packed.read(CHUNK)
        headers = {
            "Content-Encoding": "gzip",
            "Content-Range": f"bytes {offset}-{offset + len(piece) - 1}/{size}",
            "X-Content-SHA256": digest,
        }
        try:
            reply = client.put_artifact(job.run_id, job.name, job.process, piece, headers)
        except Unreachable as error:
            attempts, reason = attempts + 1, str(error)
            clock.sleep(_PAUSE)
            continue
        if reply.status in {200, 201}:
            return
        next_offset = _next_offset(reply, size)
        if next_offset is None or next_offset == offset:
            attempts, reason = attempts + 1, reply.message
            clock.sleep(max(_PAUSE, min(reply.retry_after, _LONGEST_PAUSE)))
        else:
            attempts = 0 if next_offset > furthest else attempts + 1
            offset, furthest = next_offset, max(furthest, next_offset)
    raise UploadError(f"{job.name} could not be uploaded: {reason}", later=True)


def _next_offset(reply: Reply, size: int) -> int | None:
    """Where the wall wants to go on; None where it has trouble. Raises UploadError when it does not want the file."""
    if reply.status in {202, 416}:
        offset = reply.number("received" if reply.status == 202 else "expected_offset")
        if offset is not None and 0 <= offset < size:
            return offset
    if 400 <= reply.status < 500 and reply.status not in {404, 408, 409, 416, 429}:
        later = reply.status in {401, 403}
        raise UploadError(f"the wall does not take the file: {reply.message}", later=later)
    return None


class Uploader(Thread):
    """Uploads what the run made, one after the other; `close` waits, and what is not done stays as a job."""

    def __init__(self, client: Client, folder: Path | None, notices: Notices) -> None:
        super().__init__(name="livewall-uploader", daemon=True)
        self._client = client
        self._folder = folder
        self._notices = notices
        self._queue: SimpleQueue[tuple[Job, Path | None, spool_folder.Claim | None] | None] = SimpleQueue()
        self._over = Event()
        self.left = 0
        """Files that stay as a job for another time."""

    def add(self, job: Job) -> None:
        path, claim = None, None
        with suppress(OSError):  # without a folder there is no second chance, that is all
            if self._folder is not None:
                path = job.save(self._folder)
                claim = spool_folder.Claim.on(path)
        self.left += path is not None
        self._queue.put((job, path, claim))
        if not self.is_alive():
            self.start()

    def close(self, timeout: float) -> None:
        self._queue.put(None)
        if self.ident is not None:
            self.join(max(0.0, timeout))
        self._over.set()

    def run(self) -> None:
        while (item := self._queue.get()) is not None:
            job, path, claim = item
            later = self._upload(job)
            if path and not later:
                path.unlink(missing_ok=True)
                self.left -= 1
            if claim:
                claim.release(delete=not later)

    def _upload(self, job: Job) -> bool:
        """-> whether it is to be tried later."""
        try:
            upload(self._client, job, self._over.is_set)
        except UploadError as error:
            if not self._over.is_set():
                self._notices.add(f"upload {job.name}", str(error))
            return error.later
        except Exception as error:
            self._notices.add("upload", f"uploading {job.name} failed: {type(error).__name__}: {error}")
        return False
