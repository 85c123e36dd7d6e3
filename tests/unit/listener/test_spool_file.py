"""Events on disk: cut at every byte, full disks, acknowledged prefixes, locks."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from livewall_listener import encode, spool_folder, wire
from livewall_listener import spool_file as spool_module
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header, SpoolError

LARGE = 10**9
RUN = {"process": "0-ab", "host": "node"}
LOST = encode.event(wire.Lost(1, spool_module.DAMAGED))


def header(first_seq: int = 1) -> Header:
    return Header("http://wall:8000", "run-1", dict(RUN), first_seq)


def record(number: int, size: int = 0) -> bytes:
    return json.dumps({"kind": "lost", "count": number, "reason": "é" + "x" * size}, ensure_ascii=False).encode()


def records(*numbers: int) -> list[bytes]:
    return [record(number) for number in numbers]


def read(spool: SpoolFile, first: int, most: int = 1000) -> list[bytes]:
    return spool.read(first, most=most, most_bytes=LARGE)


def on_disk(path: Path) -> list[bytes]:
    """What another process would find."""
    spool = SpoolFile.load(path)
    found = read(spool, spool.first_seq)
    spool.close(delete=False)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "one.spool"


class StubbornDisk:
    """Takes so many bytes in all, like a full file system; what is truncated is free again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room = room
        monkeypatch.setattr(spool_module.SpoolFile, "_write", self._wrap(spool_module.SpoolFile._write))
        monkeypatch.setattr(spool_module, "RETRY_DISK", 0.0)

    def _wrap(self, write: Any) -> Any:
        def limited(spool: SpoolFile, position: int, data: bytes) -> None:
            if position + len(data) > self.room:
                raise OSError("No space left on device")
            write(spool, position, data)

        return limited


def test_what_was_written_is_read_back_by_another_process(path: Path) -> None:
    spool = SpoolFile.create(header(), path, limit=LARGE)
    assert spool.append(records(1, 2, 3)) == 3
    spool.close(delete=False)
    again = SpoolFile.load(path)
    assert again.header == header() and again.header.process == "0-ab"
    assert read(again, 1) == records(1, 2, 3)
    assert (again.last_seq, again.unacknowledged) == (3, 3)
    again.close(delete=False)


def test_batches_by_number_and_by_size(path: Path) -> None:
    spool = SpoolFile.create(header(), path, limit=LARGE)
    spool.append(records(*range(1, 11)))
    assert read(spool, 4, most=2) == records(4, 5)
    assert spool.read(1, most=10, most_bytes=len(record(1)) * 3) == records(1, 2, 3)
    assert spool.read(1, most=10, most_bytes=1) == records(1)
    assert read(spool, 11) == []
    spool.close(delete=False)


def test_a_file_cut_at_any_byte_keeps_its_whole_records(path: Path) -> None:
    spool = SpoolFile.create(header(), path, limit=LARGE)
    spool.append(records(1, 2, 3))
    spool.close(delete=False)
    whole = path.read_bytes()
    ends = [index + 1 for index, byte in enumerate(whole) if byte == ord("\n")]
    head = ends[0]
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        if cut < head:
            with pytest.raises(SpoolError):
                SpoolFile.load(path)
            continue
        torn = SpoolFile.load(path)
        kept = sum(end <= cut for end in ends[1:])
        lost = [LOST] * (cut not in ends)
        assert read(torn, 1) == [*records(*range(1, kept + 1)), *lost], cut
        assert (torn.lost, torn.is_torn) == (len(lost), bool(lost))
        torn.close(delete=False)


def test_bytes_that_a_power_cut_left_unwritten_are_an_event_less(path: Path) -> None:
    spool = SpoolFile.create(header(), path, limit=LARGE)
    spool.append(records(1))
    spool.close(delete=False)
    with path.open("ab") as file:
        file.write(b"\0" * 100)
    again = SpoolFile.load(path)
    assert read(again, 1) == [record(1), LOST] and again.is_torn
    again.close(delete=False)


def test_something_else_is_not_a_spool(path: Path) -> None:
    for content in (b"", b"\n", b"{}\n", b'{"spool": 99}\n', b"[1]\n", b"\xff\xfe\n"):
        path.write_bytes(content)
        with pytest.raises(SpoolError):
            SpoolFile.load(path)


def test_the_file_is_for_its_user_alone(path: Path) -> None:
    SpoolFile.create(header(), path, limit=LARGE).close(delete=False)
    assert path.stat().st_mode & 0o777 == 0o600


def test_acknowledged_records_leave_a_large_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "COMPACT_AT", 500)
    spool = SpoolFile.create(header(), path, limit=LARGE)
    spool.append(records(*range(1, 41)))
    before = path.stat().st_size
    for acknowledged in range(1, 31):
        spool.acknowledge(acknowledged)
        assert read(spool, acknowledged + 1) == records(*range(acknowledged + 1, 41))
    spool.append(records(41))
    assert path.stat().st_size < before and path.stat().st_mode & 0o777 == 0o600
    spool.close(delete=False)
    again = SpoolFile.load(path)
    assert 1 < again.first_seq <= 31 and again.last_seq == 41
    assert read(again, again.first_seq) == records(*range(again.first_seq, 42))
    again.close(delete=False)


def test_a_full_disk_keeps_records_in_memory_and_writes_them_when_there_is_room(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = SpoolFile.create(header(), path, limit=LARGE)
    spool.append(records(1, 2))
    disk = StubbornDisk(monkeypatch, room=path.stat().st_size)
    assert spool.append(records(3, 4)) == 2
    assert not spool.is_safe and spool.pressure > 0
    assert read(spool, 1) == records(1, 2, 3, 4)
    assert on_disk(path) == records(1, 2)
    disk.room = LARGE
    spool.append(records(5))
    assert spool.is_safe and spool.pressure == 0
    assert on_disk(path) == records(1, 2, 3, 4, 5)
    spool.close(delete=False)


def test_with_a_full_disk_acknowledgements_make_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = SpoolFile.create(header(), path, limit=LARGE)
    spool.append(records(1, 2))
    StubbornDisk(monkeypatch, room=path.stat().st_size)
    spool.append(records(3, 4, 5))
    spool.acknowledge(4)
    assert spool.is_safe and (spool.first_seq, spool.last_seq) == (5, 5)
    assert read(spool, 5) == records(5)
    spool.append(records(6))
    spool.close(delete=False)
    again = SpoolFile.load(path)
    assert again.first_seq == 5 and read(again, 5) == records(5, 6)
    again.close(delete=False)


def test_memory_is_bounded_too(path: Path) -> None:
    spool = SpoolFile.create(header(), path, limit=0, memory=10 * len(record(1)))
    assert spool.append(records(*range(1, 9))) == 8
    assert spool.append([record(9, size=LARGE // 10**6), *records(10)]) == 0
    assert spool.append(records(9)) == 1
    assert spool.pressure > 0.8
    spool.acknowledge(9)
    assert spool.pressure == 0
    spool.close(delete=True)


def test_one_record_fits_always(path: Path) -> None:
    spool = SpoolFile.create(header(), path, limit=0, memory=10)
    assert spool.append([record(1, size=1000)]) == 1
    spool.close(delete=True)


def test_without_a_folder_memory_does(tmp_path: Path) -> None:
    for place in (None, tmp_path / "no" / "such.spool"):
        spool = SpoolFile.create(header(), place, limit=LARGE)
        assert spool.append(records(1, 2)) == 2 and read(spool, 1) == records(1, 2)
        assert not spool.is_safe
        spool.sync()
        spool.acknowledge(2)
        assert spool.unacknowledged == 0 and spool.is_safe
        spool.append(records(3))
        assert read(spool, 3) == records(3)
        spool.close(delete=True)


def test_the_limit_counts_the_whole_file(path: Path) -> None:
    spool = SpoolFile.create(header(), path, limit=1000)
    spool.append([record(n, size=100) for n in range(20)])
    assert not spool.is_safe
    assert path.stat().st_size <= 1000
    spool.close(delete=True)


def test_nothing_happens_after_closing(path: Path) -> None:
    spool = SpoolFile.create(header(), path, limit=LARGE)
    spool.append(records(1, 2))
    spool.close(delete=False)
    spool.acknowledge(2)  # the answer came too late
    spool.sync()
    assert on_disk(path) == records(1, 2) and spool.append(records(3)) == 0


def test_a_disk_that_hangs_does_not_hold_up_the_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "CLOSE_WITHIN", 0.01)
    spool = SpoolFile.create(header(), path, limit=LARGE)
    spool.append(records(1))
    writing, hangs = threading.Event(), threading.Event()

    def write() -> None:
        with spool._lock:
            writing.set()
            hangs.wait(60)

    thread = threading.Thread(target=write)
    thread.start()
    writing.wait(60)
    spool.close(delete=True)
    hangs.set()
    thread.join(60)
    assert path.exists()
    spool.close(delete=True)


def test_a_claim_is_exclusive_and_gone_with_its_file(tmp_path: Path) -> None:
    path = spool_folder.new_path(tmp_path)
    claim = spool_folder.Claim.on(path)
    assert claim is not None
    assert spool_folder.Claim.on(path) is None
    claim.release(delete=False)
    again = spool_folder.Claim.on(path)
    assert again is not None
    again.release(delete=True)
    assert list(tmp_path.iterdir()) == []


def test_used_bytes_and_order(tmp_path: Path) -> None:
    (tmp_path / "20260101-000000-b.spool").write_bytes(b"12")
    (tmp_path / "20250101-000000-a.spool").write_bytes(b"345")
    (tmp_path / "20250101-000000-a.spool.lock").write_bytes(b"")
    assert spool_folder.used(tmp_path) == 5
    assert [path.name[:4] for path in spool_folder.files(tmp_path)] == ["2025", "2026"]


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"HOME": "/", "XDG_STATE_HOME": "/x"}, "/x/livewall/spool"),
        ("darwin", {"HOME": "/Users/a"}, "/Users/a/Library/Application Support/livewall/spool"),
        ("win32", {"LOCALAPPDATA": "/c/Local"}, "/c/Local/livewall/spool"),
    ],
)
def test_where_spools_are(platform: str, environment: dict[str, str], folder: str) -> None:
    assert spool_folder.candidates(environment, platform)[0] == Path(folder)


def test_where_spools_are_at_home_and_without_a_home(tmp_path: Path) -> None:
    at_home = tmp_path / ".local/state/livewall/spool"
    assert spool_folder.candidates({"HOME": str(tmp_path)}, "linux")[0] == at_home
    assert spool_folder.candidates({"HOME": "relative"}, "linux")[0].name == f"livewall-spool-{os.getuid()}"
    assert spool_folder.prepare(None, {"HOME": str(tmp_path)}) == at_home
    assert at_home.stat().st_mode & 0o777 == 0o700
