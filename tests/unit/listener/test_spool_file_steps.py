"""When a spool is made safe against power cuts, and when acknowledged events leave its file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from livewall_listener import spool_file as spool_module
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header

LARGE = 10**9
TEXT = b'{"kind":"lost","count":1,"reason":""}'


@pytest.fixture
def spool(tmp_path: Path) -> SpoolFile:
    return SpoolFile.create(Header("http://wall", "r", {}), tmp_path / "a.spool", limit=LARGE)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Each fsync."""
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    return calls


def test_what_was_written_is_synced_once(spool: SpoolFile, synced: list[int]) -> None:
    spool.sync()
    assert synced == [], "nothing is worth it yet"
    spool.append([TEXT])
    spool.sync()
    spool.sync()
    assert len(synced) == 1
    spool.append([TEXT])
    spool.sync()
    assert len(synced) == 2
    spool.close(delete=True)


def test_what_the_wall_has_need_not_be_synced(spool: SpoolFile, synced: list[int]) -> None:
    spool.append([TEXT, TEXT])
    spool.acknowledge(2)
    spool.sync()
    assert synced == []
    spool.close(delete=True)


def test_what_cannot_be_synced_is_tried_again(spool: SpoolFile, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fail(descriptor: int) -> None:
        asked.append(descriptor)
        raise OSError("Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    spool.append([TEXT])
    spool.sync()
    spool.sync()
    assert len(asked) == 2
    spool.close(delete=True)


def test_what_is_written_while_the_disk_syncs_is_synced_the_next_time(
    spool: SpoolFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def write_meanwhile(descriptor: int) -> None:
        asked.append(descriptor)
        if len(asked) == 1:
            spool.append([TEXT])

    monkeypatch.setattr(os, "fsync", write_meanwhile)
    spool.append([TEXT])
    spool.sync()
    spool.sync()
    assert len(asked) == 2
    spool.close(delete=True)


def test_in_memory_there_is_nothing_to_sync(synced: list[int]) -> None:
    spool = SpoolFile.create(Header("http://wall", "r", {}), None, limit=LARGE)
    spool.append([TEXT])
    spool.sync()
    assert synced == []


def test_acknowledgements_go_forward_and_not_beyond_the_end(spool: SpoolFile) -> None:
    spool.append([TEXT] * 5)
    for upto, expected in ((3, 3), (2, 3), (0, 3), (99, 5), (4, 5)):
        spool.acknowledge(upto)
        assert (spool.acknowledged, spool.unacknowledged) == (expected, 5 - expected)
    spool.close(delete=True)


def test_after_the_end_nothing_is_acknowledged(spool: SpoolFile) -> None:
    spool.append([TEXT])
    spool.close(delete=True)
    spool.acknowledge(1)
    assert spool.acknowledged == 0


def test_a_file_is_written_anew_when_half_of_it_and_enough_is_acknowledged(
    spool: SpoolFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(100):
        spool.append([TEXT])
    ends = [end - spool._start for _, end in spool._index]
    half = next(count for count, end in enumerate(ends, 1) if end >= spool._end / 2)
    monkeypatch.setattr(spool_module, "COMPACT_AT", ends[9])
    for upto in range(1, half):
        spool.acknowledge(upto)
        assert spool.first_seq == 1, "less than half"
    monkeypatch.setattr(spool_module, "COMPACT_AT", ends[half] + 1)
    for upto in (half, half + 1):
        spool.acknowledge(upto)
        assert spool.first_seq == 1, "not enough"
    spool.acknowledge(half + 2)
    assert (spool.first_seq, spool.last_seq) == (half + 3, 100)
    assert spool.read(half + 3, most=1000, most_bytes=LARGE) == [TEXT] * (98 - half)
    spool.close(delete=True)


def test_while_the_disk_takes_nothing_the_file_goes_with_its_last_event(
    spool: SpoolFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits in memory then begins a new one."""
    spool.append([TEXT] * 3)
    monkeypatch.setattr(spool, "_limit", 0)
    spool.append([TEXT] * 3)
    spool.acknowledge(2)
    assert (spool.first_seq, spool.is_safe) == (1, False), "the third one is in the file still"
    spool.acknowledge(3)
    assert (spool.first_seq, spool.is_safe) == (1, False)
    monkeypatch.setattr(spool, "_limit", LARGE)
    monkeypatch.setattr(spool_module, "RETRY_DISK", 0.0)
    spool._ask_disk_at = 0.0
    spool.acknowledge(5)
    assert (spool.first_seq, spool.last_seq, spool.is_safe, spool._tail_bytes) == (6, 6, True, 0)
    again = SpoolFile.load(tmp_path / "a.spool")
    assert (again.first_seq, again.last_seq) == (6, 6)
    again.close(delete=False)
    spool.close(delete=True)
