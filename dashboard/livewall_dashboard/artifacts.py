"""Files that belong to a run (log.html, output.xml, ...): gzip on disk, a row each in the database.

They lie below `directory`, in a folder for each run, under names the server makes; nothing a client says becomes part
of a path. What is on its way lies beside them as `.part` until it is whole and checked.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from psycopg.rows import class_row

from livewall_dashboard.db import Database
from livewall_dashboard.errors import Conflict, Invalid, LivewallError, NotFound, TooLarge, Unavailable
from livewall_dashboard.history.ownership import check_writer
from livewall_dashboard.tokens import Token

log = logging.getLogger(__name__)

MAX_PLAIN = 1024 * 1024 * 1024
"""Bytes of an artifact, unpacked."""
MAX_STORED = 512 * 1024 * 1024
"""Bytes of an artifact, packed."""
MAX_ARTIFACTS = 1000
"""Artifacts of one run."""
MIN_FREE = 256 * 1024 * 1024
"""Bytes that uploads leave free on the disk: the database may live there too."""
STALE_PART_SECONDS = 7 * 24 * 3600

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._+@()-]{0,199}")
_BLOCK = 256 * 1024

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


@dataclass(frozen=True)
class Artifact:
    """A stored file. `size`: bytes unpacked; `sha256`: of the file as it is kept, that is, packed by gzip.

    `process`: the name of the robot process it is from, where that was said.
    """

    name: str
    process: str | None
    content_type: str
    size: int
    sha256: str
    stored_at: datetime


class ArtifactStore:
    """Takes artifacts in, whole or in chunks, and hands them out."""

    def __init__(self, database: Database, directory: Path):
        self._database = database
        self._directory = directory
        self._locks: dict[Path, threading.Lock] = {}
        self._locks_lock = threading.Lock()

    def check_writer(self, run: str, writer: Token | None) -> None:
        """Raises Forbidden where the run is another token's; `writer` None: nobody is asked for one."""
        if writer is not None:
            with self._database.connection() as connection:
                check_writer(connection, run, writer)

    def append(
        self, run: str, name: str, chunk: bytes, *, start: int, total: int, sha256: str, process: str | None = None
    ) -> int | Artifact:
        """Takes bytes `start` and on of a gzip file of `total` bytes with hash `sha256`.

        -> the number of bytes that have arrived, or the artifact once it is whole and checked. A chunk that came
        before is taken as such. Raises WrongOffset for a gap, Invalid for a file that is not what was announced.
        """
        run_no = self._admit(run, name, total, process)
        part = self._folder(run_no) / f"{_file_stem(name)}.{sha256}.part"
        with self._lock_of(part):
            stored = self._stored(run_no, name)
            if stored is not None and stored.sha256 == sha256:
                return stored
            received = self._database.offload(_append, part, chunk, start)
            if received < total:
                return int(received)
            return self._finish(run_no, name, part, sha256, process)

    def put(
        self,
        run: str,
        name: str,
        blocks: Iterable[bytes],
        *,
        packed: bool,
        sha256: str | None = None,
        process: str | None = None,
    ) -> Artifact:
        """Takes a whole file. `packed`: it comes as gzip; `sha256`: of the bytes as they come."""
        run_no = self._admit(run, name, 0, process)
        part = self._folder(run_no) / f"{_file_stem(name)}.{os.urandom(16).hex()}.part"
        try:
            with _Incoming(part, packed=packed) as incoming:
                for block in blocks:  # a fast line never makes us wait, so others get their turn here
                    self._database.offload(incoming.take, block)
            _require_hash(sha256, incoming.sha256)
            with self._lock_of(self._path(run_no, name)):
                return self._finish(run_no, name, part, None, process)
        finally:
            part.unlink(missing_ok=True)

    def open(self, run: str, name: str) -> tuple[Artifact, BinaryIO]:
        """The artifact and its packed bytes. Raises NotFound."""
        run_no = self._run_no(run)
        artifact = self._stored(run_no, name) if run_no is not None and _NAME.fullmatch(name) else None
        if run_no is not None and artifact is not None:
            try:
                return artifact, self._path(run_no, name).open("rb")
            except FileNotFoundError:
                pass  # the row outlived the file: somebody cleaned up below the data folder
        raise NotFound(f"The run has no artifact {name[:200]!r}.")

    def remove_stale_parts(self, now: float) -> int:
        """Deletes what began to arrive more than a week before `now` (seconds of the epoch) and never went on."""
        removed = 0
        for part in self._directory.glob("*/*.part"):
            try:
                if now - part.stat().st_mtime > STALE_PART_SECONDS:
                    part.unlink()
                    removed += 1
            except OSError as error:
                log.warning("%s cannot be removed: %s", part, error)
        return removed

    def _admit(self, run: str, name: str, size: int, process: str | None) -> int:
        """The run's number. Raises what stands against taking `size` bytes under this name."""
        if not _NAME.fullmatch(name):
            raise Invalid("An artifact's name is 1 to 200 letters, digits, spaces and . _ - + @ ( ), like log.html.")
        if size > MAX_STORED:
            raise TooLarge(f"An artifact has at most {MAX_STORED} bytes when packed.")
        run_no = self._run_no(run)
        if run_no is None:
            raise NotFound(f"There is no run {run[:200]!r}: PUT /api/v1/runs/{{run_id}} first.")
        with self._database.connection() as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM artifact WHERE run_id = %(run)s AND name <> %(name)s) AS others,"
                " EXISTS (SELECT FROM process WHERE run_id = %(run)s AND name = %(process)s) AS is_known",
                {"run": run_no, "name": name, "process": process},
            ).fetchone()
        assert row is not None
        if process is not None and not row["is_known"]:
            # Its events may still be on their way; later the file would belong to nobody.
            raise NotFound(f"Run {run} has no process {process[:200]!r} yet: PUT /api/v1/runs/{{run_id}} first.")
        if row["others"] >= MAX_ARTIFACTS:
            raise Conflict(f"The run has {MAX_ARTIFACTS} artifacts already; it takes no more.")
        self._directory.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._directory).free < size + MIN_FREE:
            raise Unavailable("The dashboard's disk is nearly full.", headers={"Retry-After": "60"})
        return run_no

    def _finish(self, run_no: int, name: str, part: Path, sha256: str | None, process: str | None) -> Artifact:
        try:
            found = self._database.offload(_inspect, part)
            _require_hash(sha256, found.sha256)
        except LivewallError:
            part.unlink(missing_ok=True)
            raise
        part.replace(self._path(run_no, name))
        content_type = _CONTENT_TYPES.get(Path(name).suffix.lower(), "application/octet-stream")
        with self._database.connection() as connection:
            connection.execute(
                "INSERT INTO artifact (run_id, name, process_no, content_type, size, sha256)"
                " VALUES (%s, %s, (SELECT no FROM process WHERE run_id = %s AND name = %s), %s, %s, %s)"
                " ON CONFLICT (run_id, name) DO UPDATE SET process_no = excluded.process_no, size = excluded.size,"
                " content_type = excluded.content_type, sha256 = excluded.sha256, stored_at = now()",
                (run_no, name, run_no, process, content_type, found.size, found.sha256),
            )
        stored = self._stored(run_no, name)
        if stored is None:
            raise NotFound("The run was deleted meanwhile.")
        return stored

    def _run_no(self, run: str) -> int | None:
        if "\0" in run:
            return None
        with self._database.connection() as connection:
            row = connection.execute("SELECT id FROM run WHERE key = %s", (run,)).fetchone()
        return None if row is None else int(row["id"])

    def _stored(self, run_no: int, name: str) -> Artifact | None:
        with self._database.connection() as connection, connection.cursor(row_factory=class_row(Artifact)) as cursor:
            return cursor.execute(
                "SELECT a.name, p.name AS process, a.content_type, a.size, a.sha256, a.stored_at FROM artifact a"
                " LEFT JOIN process p ON p.run_id = a.run_id AND p.no = a.process_no"
                " WHERE a.run_id = %s AND a.name = %s",
                (run_no, name),
            ).fetchone()

    def _folder(self, run_no: int) -> Path:
        folder = self._directory / str(run_no)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _path(self, run_no: int, name: str) -> Path:
        return self._directory / place_of(run_no, name)

    @contextmanager
    def _lock_of(self, path: Path) -> Iterator[None]:
        """One at a time for each file: a repeated chunk may come while the first try is still being written."""
        with self._locks_lock:
            lock = self._locks.setdefault(path, threading.Lock())
        try:
            with lock:
                yield
        finally:
            with self._locks_lock:
                if not lock.locked():
                    self._locks.pop(path, None)


@dataclass(frozen=True)
class Found:
    """What a packed file is: bytes unpacked, and the hash of it as it is."""

    size: int
    sha256: str


def place_of(run_no: int, name: str) -> str:
    """Where a run's file lies below the folder of such files."""
    return f"{run_no}/{_file_stem(name)}.gz"


def _file_stem(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _append(part: Path, chunk: bytes, start: int) -> int:
    """-> the size of `part` afterwards."""
    size = part.stat().st_size if part.exists() else 0
    if start + len(chunk) <= size:
        return size
    if start != size:
        raise WrongOffset(f"{size} bytes have arrived, go on from there.", detail={"expected_offset": size})
    with part.open("ab") as file:
        file.write(chunk)
    return size + len(chunk)


class _Incoming:
    """A whole file on its way to `part`, packed here unless it comes packed. `sha256`: of the bytes as they come."""

    def __init__(self, part: Path, *, packed: bool):
        self._file = part.open("wb")
        self._packer = None if packed else zlib.compressobj(wbits=31)
        self._limit = MAX_STORED if packed else MAX_PLAIN
        self._sha = hashlib.sha256()
        self._received = 0

    def __enter__(self) -> _Incoming:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        with self._file:
            if self._packer and not failed:
                self._file.write(self._packer.flush())

    @property
    def sha256(self) -> str:
        return self._sha.hexdigest()

    def take(self, block: bytes) -> None:
        self._received += len(block)
        if self._received > self._limit:
            raise TooLarge(f"An artifact has at most {MAX_STORED} bytes packed, {MAX_PLAIN} unpacked.")
        self._sha.update(block)
        self._file.write(self._packer.compress(block) if self._packer else block)


def _inspect(part: Path) -> Found:
    """`inspect`, and makes sure that the file is on the disk."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
        return inspect(file)


def inspect(file: BinaryIO) -> Found:
    """Reads a packed file through, whatever it claims to be. Raises Invalid, TooLarge."""
    sha = hashlib.sha256()
    unpacker = zlib.decompressobj(wbits=31)
    size = 0
    while block := file.read(_BLOCK):
        sha.update(block)
        size += _unpacked_size(unpacker, block, MAX_PLAIN - size)
    if not unpacker.eof or unpacker.unused_data:
        raise Invalid("The file is not one whole gzip member.")
    return Found(size, sha.hexdigest())


def _unpacked_size(unpacker: zlib._Decompress, block: bytes, limit: int) -> int:
    """How many bytes `block` unpacks to, never with more than a block of them in memory."""
    size = 0
    try:
        while block:
            size += len(unpacker.decompress(block, _BLOCK))
            if size > limit:
                raise TooLarge(f"The artifact unpacks to more than {MAX_PLAIN} bytes.")
            block = unpacker.unconsumed_tail
    except zlib.error:
        raise Invalid("The file is said to be gzip, but it is not, or it is damaged.") from None
    return size


def _require_hash(expected: str | None, found: str) -> None:
    if expected is not None and expected != found:
        raise Invalid(
            "The file that arrived is not the one announced: its SHA-256 differs. Send it again from the start.",
            detail={"expected_offset": 0},
        )
