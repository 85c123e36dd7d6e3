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


@pytest.mark.any_python
def test_members_described_at_length_are_not_held(tmp_path: Path) -> None:
    told = {f"SCHILY.xattr.user.a{n}": "x" * 3000 for n in range(4)}
    member = tarfile.TarInfo("outside")
    member.pax_headers = told
    archive = packed(member.tobuf(tarfile.PAX_FORMAT) * 2000, header("artifacts/late.xml"))
    tracemalloc.start()
    try:
        found = unpack(archive, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()
    assert [name for _, name in found.results] == ["report.xml", "late.xml"] and not found.trouble


def _sparse() -> bytes:
    """One of old GNU tar's, whose map of holes goes on in further blocks."""
    first = bytearray(header("artifacts/holes.xml", tarfile.GNUTYPE_SPARSE))
    first[482] = 1
    first[148:156] = b"        "
    first[148:156] = b"%06o\0 " % sum(first)
    further = bytearray((b"00000000001\0" * 42).ljust(512, b"\0"))
    further[504] = 1
    return bytes(first) + bytes(further) * 20_000


def _sparse_of_pax() -> bytes:
    member = tarfile.TarInfo("artifacts/holes.xml")
    member.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    return member.tobuf(tarfile.PAX_FORMAT) + b"9999999\n" + b"1\n" * 5_000_000


def _chain() -> bytes:
    return header("x", tarfile.XHDTYPE) * 2000


def _negative() -> bytes:
    member = bytearray(header("artifacts/less.xml"))
    member[124:136] = b"\xff" * 12
    member[148:156] = b"        "
    member[148:156] = b"%06o\0 " % sum(member)
    return bytes(member)


@pytest.mark.parametrize(
    "hostile", [_sparse(), _sparse_of_pax(), _chain(), _negative()], ids=["sparse", "pax", "chain", "less"]
)
def test_what_no_agent_writes_is_refused(hostile: bytes, tmp_path: Path) -> None:
    archive = packed(hostile, header("artifacts/late.xml"))
    tracemalloc.start()
    try:
        found = unpack(archive, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()
    assert [name for _, name in found.results] == ["report.xml"] and "cannot be read" in found.trouble


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
