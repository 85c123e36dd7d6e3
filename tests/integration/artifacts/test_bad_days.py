"""Files that are gone, disks that are full, and the release before at work on this one's database."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import time
from io import FileIO
from pathlib import Path

import psycopg
import pytest

from integration.artifacts.conftest import RUN
from livewall_dashboard.artifacts import files as files_module
from livewall_dashboard.artifacts import store as store_module
from livewall_dashboard.artifacts.model import Artifact, former_place
from livewall_dashboard.artifacts.run_files import RunFiles
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.base.errors import Invalid, NotFound, Unavailable
from support.small_disk import small_disk, why_no_small_disk
from support.upload_storm import differences

PACKED = gzip.compress(b"log " * 50_000, compresslevel=0, mtime=0)
SHA = hashlib.sha256(PACKED).hexdigest()


def put(files: RunFiles, text: bytes, name: str = "log.html") -> Artifact:
    return files.put(RUN, name, [text], packed=False)


def append(files: RunFiles, start: int = 0, end: int = len(PACKED)) -> int | Artifact:
    return files.append(RUN, "log.html", PACKED[start:end], start=start, total=len(PACKED), sha256=SHA)


def read(files: RunFiles, name: str = "log.html") -> bytes:
    artifact, file = files.open(RUN, name)
    with file:
        packed = file.read()
    assert hashlib.sha256(packed).hexdigest() == artifact.sha256
    return gzip.decompress(packed)


def wipe(directory: Path) -> None:
    """Somebody made room by hand."""
    for path in directory.rglob("*.gz"):
        path.unlink()


@pytest.mark.parametrize("way", ["whole", "chunks"])
def test_a_file_that_is_gone_is_back_after_its_next_upload(run_files: RunFiles, directory: Path, way: str) -> None:
    for _ in range(2):
        if way == "whole":
            put(run_files, b"log")
        else:
            assert append(run_files, 0, 30_000) == 30_000
            assert isinstance(append(run_files, 30_000), Artifact)
        assert read(run_files)
        wipe(directory)
        with pytest.raises(NotFound):
            run_files.open(RUN, "log.html")


def test_chunks_of_one_file_are_taken_one_request_at_a_time(
    run_files: RunFiles, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "PATIENCE", 0.0)
    assert append(run_files, 0, 30_000) == 30_000
    (part,) = directory.rglob("*.part")
    others = files_module.Files(directory)  # as of another program
    held = others.claim(part)
    assert held is not None and others.claim(part) is None
    with pytest.raises(Unavailable, match="Another request sends this file"):
        append(run_files, 30_000)
    held.close()
    assert isinstance(append(run_files, 30_000), Artifact)
    assert read(run_files) == gzip.decompress(PACKED)


def test_a_part_that_became_the_file_before_it_was_locked_is_nobodys(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, part, flock = files_module.Files(directory), directory / "1" / "x.part", fcntl.flock

    def lock_too_late(file: FileIO, how: int) -> None:
        part.unlink()
        flock(file, how)

    monkeypatch.setattr(files_module.fcntl, "flock", lock_too_late)
    assert files.claim(part) is None


def test_who_reads_a_file_while_it_is_replaced_reads_it_to_its_end(run_files: RunFiles) -> None:
    put(run_files, b"first")
    artifact, file = run_files.open(RUN, "log.html")
    put(run_files, b"second")
    with file:
        assert gzip.decompress(file.read()) == b"first"
    assert (artifact.size, read(run_files)) == (5, b"second")


def test_a_file_that_is_refused_leaves_the_one_before(run_files: RunFiles, directory: Path, database_url: str) -> None:
    put(run_files, b"first")
    with pytest.raises(Invalid):
        run_files.put(RUN, "log.html", [b"second"], packed=False, sha256="0" * 64)
    assert read(run_files) == b"first"
    assert differences(database_url, directory) == []


def test_what_was_stored_but_got_no_name_is_found_and_named_at_the_next_start(
    run_files: RunFiles, store: ArtifactStore, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the COMMIT."""
    monkeypatch.setattr(files_module.Files, "settle", lambda *_: None)
    put(run_files, b"log")
    assert [path.suffix for path in directory.glob("*/*")] == [".part"]
    assert read(run_files) == b"log"
    monkeypatch.undo()
    assert store.tidy(time.time()) == 0
    assert [path.suffix for path in directory.glob("*/*")] == [".gz"]
    assert read(run_files) == b"log"


@pytest.mark.skipif(bool(why_no_small_disk()), reason=why_no_small_disk())
def test_a_disk_that_gets_full_midway(
    run_files: RunFiles, directory: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "MIN_FREE", 0)
    with small_disk(directory, 1_000_000) as disk:
        put(run_files, b"before")
        assert append(run_files, 0, 50_000) == 50_000
        disk.fill()
        for _ in range(2):
            with pytest.raises(Unavailable, match="full"):
                append(run_files, 50_000)
            with pytest.raises(Unavailable, match="full"):
                run_files.put(RUN, "log.html", [PACKED], packed=True)
            assert read(run_files) == b"before"
        disk.resize(5_000_000)
        arrived = 50_000
        while not isinstance(taken := again(run_files, arrived), Artifact):
            arrived = taken
        assert read(run_files) == gzip.decompress(PACKED)
        assert differences(database_url, directory) == []


def again(files: RunFiles, start: int) -> int | Artifact:
    """What the disk still took of the chunk is not sent again."""
    try:
        return append(files, start)
    except files_module.WrongOffset as error:
        expected = error.detail["expected_offset"]
        assert isinstance(expected, int) and expected > start
        return expected


# What the release before says to Postgres and does on the disk.
FORMER_UPLOAD = """
INSERT INTO artifact (run_id, name, process_no, content_type, size, sha256)
VALUES (%(run)s, %(name)s, NULL, 'text/html', %(size)s, %(sha256)s)
ON CONFLICT (run_id, name) DO UPDATE SET process_no = excluded.process_no, size = excluded.size,
    content_type = excluded.content_type, sha256 = excluded.sha256, stored_at = now()
"""


def upload_as_before(url: str, directory: Path, text: bytes) -> None:
    packed = gzip.compress(text)
    values = {"name": "log.html", "size": len(text), "sha256": hashlib.sha256(packed).hexdigest()}
    with psycopg.connect(url) as connection:
        (values["run"],) = connection.execute("SELECT id FROM run WHERE key = %s", [RUN]).fetchone() or (0,)
        path = directory / former_place(int(values["run"]), "log.html")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packed)
        connection.execute(FORMER_UPLOAD, values)


def test_the_release_before_and_this_one_take_turns(
    run_files: RunFiles, store: ArtifactStore, directory: Path, database_url: str
) -> None:
    upload_as_before(database_url, directory, b"before, 1")
    assert read(run_files) == b"before, 1"
    put(run_files, b"now, 1")
    upload_as_before(database_url, directory, b"before, 2")
    upload_as_before(database_url, directory, b"before, 3")
    assert read(run_files) == b"before, 3"
    store.tidy(time.time())
    assert read(run_files) == b"before, 3"
    assert differences(database_url, directory) == []
    put(run_files, b"now, 2")
    assert read(run_files) == b"now, 2"
    assert differences(database_url, directory) == []
