"""Files that a bad disk has changed: what is whole comes through, what is not is counted and kept aside."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewall_listener import __main__ as command
from livewall_listener import encode, records, spool_folder, wire
from livewall_listener.spool_file import DAMAGED, SpoolFile
from livewall_listener.spool_format import Header, SpoolError, Unreadable
from livewall_listener.uploads import Job
from support.wall import RecordingWall

AT = "2026-05-04T10:00:00+00:00"
LOST = encode.event(wire.Lost(1, DAMAGED))


def event(number: int, length: int = 0) -> bytes:
    return encode.event(wire.StartTest(f"s1-t{number}", "Ä" * length, f"S.{number}", AT))


class Whole(NamedTuple):
    """A spool as it was written: its bytes, its events, and where these and the copies of its header stand."""

    data: bytes
    events: list[bytes]
    places: list[tuple[int, int]]
    headers: list[tuple[int, int]]


def written(folder: Path, events: list[bytes], url: str = "http://wall", at_once: int = 1) -> Whole:
    path = folder / "one.spool"
    spool = SpoolFile.create(Header(url, "run", asdict(wire.RunInfo(process="0"))), path, limit=10**9)
    for first in range(0, len(events), at_once):
        spool.append(events[first : first + at_once])
    places = list(spool._index)
    spool.close(delete=False)
    with path.open("rb") as file:
        found = [(begin, begin + len(piece), records.unpack(piece)) for begin, piece in records.pieces(file)]
    headers = [(begin, end) for begin, end, record in found if record and record[0] == 0]
    return Whole(path.read_bytes(), events, places, headers)


def flip(data: bytes, at: int, bit: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def zero(data: bytes, at: int, length: int) -> bytes:
    gone = len(data[at : at + length])
    return data[:at] + b"\0" * gone + data[at + gone :]


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data) - 1))
        how = draw(st.sampled_from(["flip", "zero", "cut"]))
        if how == "flip":
            data = flip(data, at, draw(st.integers(0, 7)))
        elif how == "zero":
            data = zero(data, at, draw(st.sampled_from([1, 16, 512, 4096])))
        elif at:
            data = data[:at]
    return data


@settings(deadline=None)
@given(st.data())
def test_whatever_happens_to_a_file_what_is_whole_comes_in_its_order_and_the_rest_is_counted(
    drawn: st.DataObject,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        lengths = drawn.draw(st.lists(st.sampled_from([0, 10, 300]), min_size=1, max_size=30))
        events = [event(number, length) for number, length in enumerate(lengths, 1)]
        whole = written(Path(name), events, at_once=drawn.draw(st.integers(1, 30)))
        data = drawn.draw(damaged(whole.data))
        path = Path(name) / "one.spool"
        path.write_bytes(data)

        def untouched(place: tuple[int, int]) -> bool:
            return data[slice(*place)] == whole.data[slice(*place)]

        if not any(map(untouched, whole.headers)):
            with pytest.raises(SpoolError):
                SpoolFile.load(path)
            return
        spool = SpoolFile.load(path)
        found = spool.read(1, most=1000, most_bytes=10**9)
        spool.close(delete=False)
        intact = [untouched(place) for place in whole.places]
        last = max((number for number, is_intact in enumerate(intact, 1) if is_intact), default=0)
        expected = [event if is_intact else LOST for event, is_intact in zip(events, intact)]
        assert found[:last] == expected[:last]
        assert found[last:] == [LOST] * (len(found) - last)
        assert spool.lost == found.count(LOST)
        assert spool.lost or last == len(events) or data[-1:] == b"\n"
        assert path.read_bytes() == data, "a person may look at it"


def test_the_header_stands_there_again_and_again(tmp_path: Path) -> None:
    whole = written(tmp_path, [event(number) for number in range(1, 200)])
    assert whole.headers[1][0] - whole.headers[0][1] >= 512
    assert 3 <= len(whole.headers) <= 8
    (tmp_path / "one.spool").write_bytes(b"\0" * 4096 + whole.data[4096:])
    spool = SpoolFile.load(tmp_path / "one.spool")
    assert spool.header.run_id == "run" and spool.last_seq == 199
    spool.close(delete=False)


END_SUITE = (
    b'{"kind":"end_suite","id":"s1","status":"PASS","message":"","elapsed_time":1.0,"total":1,'
    b'"setup":null,"teardown":null}'
)
"""Without the members that came later."""
FORMER = json.dumps({"spool": 1, "url": "http://wall", "run_id": "run", "first_seq": 1, "run": {"process": "0"}})


def former(*lines: bytes) -> bytes:
    """A file as the release before wrote it."""
    return b"\n".join([FORMER.encode(), *lines, b""])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (former(event(1), event(2)), [event(1), event(2)]),
        (former(event(1), event(2))[:-1], [event(1), LOST]),
        (former(event(1), event(2)[:-9] + b"\0" * 9, event(3)), [event(1), LOST, event(3)]),
        (former(event(1), event(2).replace(b"kind", b"kinc"), event(3)), [event(1), LOST, event(3)]),
        (former(event(1), event(2).replace(b"start_test", b"start_tesu"), event(3)), [event(1), LOST, event(3)]),
        (former(event(1), b"[1]", event(3)), [event(1), LOST, event(3)]),
        (former(END_SUITE, event(2)), [END_SUITE, event(2)]),
    ],
)
def test_files_of_the_former_release_are_read(tmp_path: Path, data: bytes, expected: list[bytes]) -> None:
    (tmp_path / "one.spool").write_bytes(data)
    spool = SpoolFile.load(tmp_path / "one.spool")
    assert spool.read(1, most=10, most_bytes=10**6) == expected
    assert (spool.header.process, spool.lost) == ("0", expected.count(LOST))
    spool.close(delete=False)


def test_a_file_that_does_not_say_any_more_whose_it_is(tmp_path: Path) -> None:
    for data in (
        former(event(1), event(2)).replace(b"run_id", b"run_ie"),
        zero(written(tmp_path, [event(1)]).data, 9, 9),
    ):
        (tmp_path / "one.spool").write_bytes(data)
        with pytest.raises(Unreadable):
            SpoolFile.load(tmp_path / "one.spool")


@pytest.fixture
def wall() -> Iterator[RecordingWall]:
    with RecordingWall() as wall:
        yield wall


def resend(folder: Path) -> int:
    return command.main(["resend", "--spool", str(folder)], {})


@pytest.mark.parametrize("damage", ["hole", "bit", "hole in the header"])
def test_what_is_whole_is_delivered_once_and_the_file_kept_aside(
    tmp_path: Path, wall: RecordingWall, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = written(tmp_path, [event(number) for number in range(1, 50)], wall.url)
    at = whole.places[20][0] + 30
    data = {
        "hole": zero(whole.data, at, 512),
        "bit": flip(whole.data, at, 3),
        "hole in the header": zero(whole.data, 0, 512),
    }[damage]
    (tmp_path / "one.spool").write_bytes(data)
    gone = sum(data[slice(*place)] != whole.data[slice(*place)] for place in whole.places)
    assert resend(tmp_path) == (1 if gone else 0)
    sent = wall.process("run").events
    assert [e["kind"] for e in sent].count("start_test") == 49 - gone
    assert sum(e["count"] for e in sent if e["kind"] == "lost") == gone
    asked = len(wall.requests)
    assert resend(tmp_path) == 0 and len(wall.requests) == asked, "once is enough"
    kept = [tmp_path / "one.spool.damaged"] * bool(gone)
    assert list(tmp_path.iterdir()) == kept and all(path.read_bytes() == data for path in kept)
    if gone:
        said = capsys.readouterr().out
        assert (
            f"49 events of run run, {gone} of which are damaged and counted as lost; the damaged file is kept" in said
        )


def test_what_cannot_be_delivered_is_not_tried_for_ever(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.spool"
    path.write_bytes(zero(written(tmp_path, [event(1)]).data, 9, 9))
    assert resend(tmp_path) == 1
    assert "not the place that says whose they are" in capsys.readouterr().out
    assert resend(tmp_path) == 0
    assert list(tmp_path.iterdir()) == [tmp_path / "one.spool.damaged"]


def test_of_many_damaged_files_the_last_are_kept(tmp_path: Path) -> None:
    for number in range(spool_folder.MOST_DAMAGED + 2):
        (tmp_path / f"{number:03}.spool").write_bytes(b"12")
        spool_folder.set_aside(tmp_path / f"{number:03}.spool")
    assert next(path.name for path in spool_folder.files(tmp_path, spool_folder.DAMAGED)) == "002.spool.damaged"
    assert spool_folder.used(tmp_path) == 2 * spool_folder.MOST_DAMAGED


def test_a_damaged_note_of_what_the_wall_has_counts_nothing(tmp_path: Path) -> None:
    claim = spool_folder.Claim.on(tmp_path / "a.spool")
    assert claim
    claim.note(12)
    claim.release(delete=False)
    assert spool_folder.noted(tmp_path / "a.spool") == 12
    lock = tmp_path / "a.spool.lock"
    data = lock.read_bytes()
    for at in range(len(data)):
        lock.write_bytes(flip(data, at, 1))
        assert spool_folder.noted(tmp_path / "a.spool") == 0
    for former_note in (b"", b"12\n"):
        lock.write_bytes(former_note)
        assert spool_folder.noted(tmp_path / "a.spool") == 0


def test_a_damaged_upload_goes_to_no_other_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log.html").write_bytes(b"x")
    job = Job.of(tmp_path / "log.html", url="http://wall", run_id="r", process="0", name="log.html")
    path = job.save(tmp_path)
    assert Job.load(path) == job
    data = path.read_bytes()
    for at in range(0, len(data), 7):
        path.write_bytes(flip(data, at, 2))
        with pytest.raises((ValueError, TypeError)):
            Job.load(path)
    assert resend(tmp_path) == 1 and "not a job for an upload" in capsys.readouterr().out
    assert [p.suffix for p in tmp_path.iterdir() if p.name != "log.html"] == [".damaged"]
    path.write_text(json.dumps(asdict(job)), encoding="utf-8")
    assert Job.load(path) == job, "as the former release wrote it"
