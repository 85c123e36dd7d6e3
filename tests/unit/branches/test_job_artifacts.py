"""What a job left is an archive from outside: it is read with no more than its share of memory."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from livewall_dashboard.branches import job_artifacts
from livewall_dashboard.branches.job_artifacts import unpack

MIB = 1024 * 1024


def header(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> bytes:
    made = tarfile.TarInfo(name)
    made.type, made.size = kind, size
    return made.tobuf(tarfile.GNU_FORMAT)


def packed(*parts: bytes) -> io.BytesIO:
    return io.BytesIO(gzip.compress(b"".join([header("artifacts/report.xml"), *parts, bytes(1024)]), 1))


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_endless_header_is_not_taken_into_memory(kind: bytes, tmp_path: Path) -> None:
    archive = packed(header("x", kind, 24 * MIB), bytes(24 * MIB), header("artifacts/late.xml"))
    tracemalloc.start()
    try:
        found = unpack(archive, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()
    assert [name for _, name in found.results] == ["report.xml"]
    assert "cannot be read" in found.trouble


def test_names_that_need_such_a_header_are_read(tmp_path: Path) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo(f"artifacts/{'long/' * 300}report.xml"))
        archive.addfile(tarfile.TarInfo("artifacts/ümläut.xml"))
    content.seek(0)
    found = unpack(content, tmp_path)
    assert [name[-10:] for _, name in found.results] == ["report.xml", "ümläut.xml"] and not found.trouble


def test_more_members_than_are_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_artifacts, "MOST_MEMBERS", 5)
    assert not unpack(packed(*[header(f"artifacts/{n}.xml") for n in range(4)]), tmp_path).trouble
    folder = tmp_path / "more"
    folder.mkdir()
    found = unpack(packed(*[header(f"artifacts/{n}", tarfile.DIRTYPE) for n in range(5)]), folder)
    assert "more than 5 files" in found.trouble and len(found.results) == 1


def test_bytes_that_are_passed_over_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_artifacts, "MOST_BYTES", MIB)
    found = unpack(packed(header("outside", size=2 * MIB), bytes(2 * MIB), header("artifacts/late.xml")), tmp_path)
    assert "too large" in found.trouble and len(found.results) == 1
