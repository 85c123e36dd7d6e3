"""Takes files of any owner in, whole or in chunks, and hands them out."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import FileIO as RawFile
from pathlib import Path
from typing import BinaryIO

from psycopg import errors as pg
from psycopg.rows import class_row

from livewall_dashboard.artifacts.files import Files, write_all
from livewall_dashboard.artifacts.gzip_files import Found, Packer, require_hash
from livewall_dashboard.artifacts.model import Artifact, Owner, check_name, content_type_of, is_name
from livewall_dashboard.artifacts.queries import QUERIES
from livewall_dashboard.base.errors import Conflict, LivewallError, NotFound, TooLarge, Unavailable
from livewall_dashboard.base.sizes import MAX_PACKED
from livewall_dashboard.postgres.database import Database

log = logging.getLogger(__name__)

MAX_ARTIFACTS = 1000
"""Artifacts of one owner."""
PATIENCE = 30.0
"""Seconds a chunk waits for another request that sends the same file."""
PAUSE = 0.02
SWEPT_AT_ONCE = 100


class ArtifactStore:
    """Files below `directory` and their rows.

    Who uploads what at the same time needs no order: each upload has a place of its own, and Postgres decides which row
    comes last. The chunks of one file gather in one part, which one request at a time may claim.
    """

    def __init__(self, database: Database, directory: Path):
        self._database = database
        self._files = Files(directory)

    def admit(self, owner: Owner, name: str, size: int) -> None:
        """Raises what stands against taking `size` packed bytes under this name."""
        check_name(name)
        if size > MAX_PACKED:
            raise TooLarge(f"An artifact has at most {MAX_PACKED} bytes when packed.")
        with self._database.connection() as connection:
            others = connection.execute(QUERIES["others_of_owner"], {**asdict(owner), "name": name}).fetchone()
        if others and others["count"] >= MAX_ARTIFACTS:
            raise Conflict(f"There are {MAX_ARTIFACTS} artifacts already, and no more are taken.")
        self._files.require_room(size)

    def append(
        self, owner: Owner, name: str, chunk: bytes, *, start: int, total: int, sha256: str, process: str | None = None
    ) -> int | Artifact:
        """Takes bytes `start` and on of a gzip file of `total` bytes with hash `sha256`.

        -> the number of bytes that have arrived, or the artifact once it is whole and checked. A chunk that came
        before is taken as such. Raises WrongOffset for a gap, Invalid for a file that is not what was announced.
        """
        part = self._files.part_of_chunks(owner, name, sha256)
        with self._claimed(part) as file:
            stored = self.find(owner, name)
            if stored is not None and stored.sha256 == sha256 and self._files.has(stored.place):
                self._files.discard(part)
                return stored
            received = self._append(part, file, chunk, start)
            if received < total:
                return received
            return self._finish_chunks(owner, name, part, file, sha256, process)

    def put(
        self,
        owner: Owner,
        name: str,
        blocks: Iterable[bytes],
        *,
        packed: bool,
        sha256: str | None = None,
        process: str | None = None,
    ) -> Artifact:
        """Takes a whole file. `packed`: it comes as gzip; `sha256`: of the bytes as they come."""
        place = self._files.new_place(owner, name)
        part = self._files.part_of(place)
        with self._claimed(part) as file:
            try:
                found = self._take_in(file, blocks, packed=packed, sha256=sha256)
            except BaseException:
                self._files.discard(part)
                raise
            return self._store(owner, name, place, found, process)

    def find(self, owner: Owner, name: str) -> Artifact | None:
        with self._database.connection() as connection, connection.cursor(row_factory=class_row(Artifact)) as cursor:
            return cursor.execute(QUERIES["artifact"], {**asdict(owner), "name": name}).fetchone()

    def open(self, owner: Owner, name: str) -> tuple[Artifact, BinaryIO] | None:
        """The artifact and its packed bytes. None also where the file is gone from the disk."""
        artifact = self.find(owner, name) if is_name(name) else None
        while artifact is not None:
            try:
                return artifact, self._files.open(artifact.place)
            except FileNotFoundError:
                before, artifact = artifact.place, self.find(owner, name)
                if artifact is not None and artifact.place == before:
                    log.warning("The file of %s %s is gone: %s", owner.kind, owner.id, before)
                    return None  # somebody cleaned up below the data folder; the next upload brings it back
        return None

    def sweep(self) -> int:
        """Removes files that no row leads to, some at a time: replaced ones, and those of owners that are gone.

        -> how many are dealt with. Raises Unavailable.
        """
        dealt_with = 0
        with self._database.connection() as connection:
            for row in connection.execute(QUERIES["unused_places"], [SWEPT_AT_ONCE]).fetchall():
                try:
                    if not row["is_led_to"]:
                        self._database.offload(self._files.remove, row["place"])
                except OSError as error:
                    log.warning("A file that is of no use any more cannot be removed: %s", error)
                else:
                    connection.execute(QUERIES["clear_unused_place"], [row["id"], row["place"]])
                    dealt_with += 1
        return dealt_with

    def tidy(self, now: float) -> int:
        """At a start: ends what a killed predecessor left half done. `now`: seconds of the epoch.

        -> how many parts of uploads were removed that nobody will go on with. Raises Unavailable.
        """
        removed = 0
        for part in self._files.parts():
            try:
                removed += self._tidy(part, now)
            except OSError as error:
                log.warning("%s cannot be removed: %s", part, error)
        self.sweep()
        return removed

    def _tidy(self, part: Path, now: float) -> bool:
        if not self._files.is_left_over(part, now):
            return False
        place = self._files.place_of(part)
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["is_led_to"], [place]).fetchone()
        if row and row["is_led_to"]:
            self._files.settle(place)
            return False
        part.unlink()
        return True

    def _append(self, part: Path, file: RawFile, chunk: bytes, start: int) -> int:
        try:
            return int(self._database.offload(self._files.append, file, chunk, start))
        except LivewallError:
            if not file.seek(0, 2):
                self._files.discard(part)  # made for nothing
            raise

    def _finish_chunks(
        self, owner: Owner, name: str, part: Path, file: RawFile, sha256: str, process: str | None
    ) -> Artifact:
        try:
            found = self._database.offload(self._files.check, file, sha256)
        except LivewallError as error:
            if not isinstance(error, Unavailable):
                self._files.discard(part)
            raise
        place = self._files.new_place(owner, name)
        self._files.offer(part, place)
        artifact = self._store(owner, name, place, found, process)
        self._files.discard(part)
        return artifact

    def _take_in(self, file: RawFile, blocks: Iterable[bytes], *, packed: bool, sha256: str | None) -> Found:
        packer = Packer(lambda data: write_all(file, data), packed=packed)

        def take(block: bytes) -> None:
            self._files.require_room()
            packer.take(block)

        for block in blocks:  # a fast line never makes us wait, so others get their turn here
            self._database.offload(take, block)
        self._database.offload(packer.finish)
        require_hash(sha256, packer.sha256)
        found: Found = self._database.offload(self._files.check, file, None)
        return found

    def _store(self, owner: Owner, name: str, place: str, found: Found, process: str | None) -> Artifact:
        """Leads the row to what is offered at `place`. Where Postgres does not say so, the next start asks it."""
        values = {
            **asdict(owner), **asdict(found), "run_id": owner.run_id, "name": name, "process": process,
            "content_type": content_type_of(name), "place": place,
        }  # fmt: skip
        try:
            with self._database.connection() as connection:
                connection.execute(QUERIES["put_artifact"], values)
        except pg.ForeignKeyViolation:
            self._files.discard(self._files.part_of(place))
            raise _gone(owner) from None
        self._database.offload(self._files.settle, place)
        self._sweep_after_upload()
        stored = self.find(owner, name)
        if stored is None:
            raise _gone(owner)
        return stored

    def _sweep_after_upload(self) -> None:
        try:
            self.sweep()
        except LivewallError as error:  # the upload went well, and the next one sweeps
            log.warning("Files that are of no use any more stay for now: %s", error.message)

    @contextmanager
    def _claimed(self, part: Path) -> Iterator[RawFile]:
        deadline = time.monotonic() + PATIENCE
        while (file := self._database.offload(self._files.claim, part)) is None:
            if time.monotonic() > deadline:
                raise Unavailable("Another request sends this file just now.", headers={"Retry-After": "5"})
            time.sleep(PAUSE)
        with file:
            yield file


def _gone(owner: Owner) -> NotFound:
    return NotFound(f"The {owner.kind} was deleted meanwhile.")
