"""The spool of a process that was killed while it delivered a run goes on under its numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_listener import spool_folder, wire
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header
from livewall_listener.spool_takeover import take_over

LIMIT = 10**9
EVENTS = [b'{"kind":"lost","count":%d,"reason":""}' % number for number in range(1, 8)]


def header(first_seq: int = wire.FIRST_SEQ) -> Header:
    return Header("http://wall", "r", {"process": "0"}, first_seq)


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """Seven events, three of which the wall has."""
    path = tmp_path / "former.spool"
    claim = spool_folder.Claim.on(path)
    assert claim
    spool = SpoolFile.create(header(), path, limit=LIMIT)
    spool.append(EVENTS)
    claim.note(3)
    spool.close(delete=False)
    claim.release(delete=False)
    return path


def test_what_the_wall_has_not_is_taken_over_with_its_numbers(former: Path, tmp_path: Path) -> None:
    spool = take_over(former, header(), tmp_path / "new.spool", LIMIT)
    assert (spool.first_seq, spool.acknowledged, spool.last_seq) == (4, 3, 7)
    assert spool.read(4, most=100, most_bytes=LIMIT) == EVENTS[3:]
    spool.close(delete=False)
    again = SpoolFile.load(tmp_path / "new.spool")
    assert (again.first_seq, again.read(4, most=100, most_bytes=LIMIT)) == (4, EVENTS[3:])
    again.close(delete=True)
    assert [path.name for path in tmp_path.iterdir()] == ["new.spool"]


def test_one_in_which_its_writer_was_stopped_is_still_to_come(former: Path, tmp_path: Path) -> None:
    former.write_bytes(former.read_bytes()[:-5])
    spool = take_over(former, header(), tmp_path / "new.spool", LIMIT)
    assert spool.last_seq == 6
    assert spool.read(4, most=100, most_bytes=LIMIT) == EVENTS[3:6]
    spool.close(delete=True)


@pytest.mark.parametrize("trouble", ["gone", "in use", "damaged"])
def test_one_that_cannot_be_read_is_left_and_the_numbers_go_on(former: Path, tmp_path: Path, trouble: str) -> None:
    claim = None
    if trouble == "gone":
        former.unlink()
    elif trouble == "in use":
        claim = spool_folder.Claim.on(former)
    else:
        former.write_bytes(b"rubbish")
    spool = take_over(former, header(6), tmp_path / "new.spool", LIMIT)
    assert (spool.first_seq, spool.last_seq) == (6, 5)
    assert former.exists() == (trouble != "gone")
    assert former.with_name("former.spool.lock").exists() == (trouble != "gone")
    spool.close(delete=True)
    if claim:
        claim.release(delete=False)


def test_without_a_former_one_it_is_an_empty_one(tmp_path: Path) -> None:
    spool = take_over(None, header(), tmp_path / "new.spool", LIMIT)
    assert (spool.first_seq, spool.last_seq) == (1, 0)
    spool.close(delete=True)
