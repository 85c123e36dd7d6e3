"""A node tells with each batch how much it keeps beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from livewall_listener import encode, spool_folder, wire
from livewall_listener.client import Client
from livewall_listener.notices import Notices
from livewall_listener.redelivery import Collection
from livewall_listener.sender import Delivery
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header
from support.wall import Answer, RecordingWall


@pytest.fixture
def wall() -> Iterator[RecordingWall]:
    with RecordingWall() as wall:
        yield wall


def spool(url: str, path: Path, events: int) -> SpoolFile:
    made = SpoolFile.create(Header(url, path.stem, asdict(wire.RunInfo())), path, limit=10**9)
    made.append([encode.event(wire.Lost(number, "")) for number in range(1, events + 1)])
    return made


def client_of(url: str) -> Client:
    return Client(url, token="", ca="", environment={})


def told(wall: RecordingWall) -> list[tuple[int, int]]:
    """(events in it, events said to wait) of each batch."""
    return [(len(request.body["events"]), request.body["waiting"]) for request in wall.requests if request.is_events]


def test_what_is_not_in_the_batch_and_not_acknowledged_waits(wall: RecordingWall, tmp_path: Path) -> None:
    kept = spool(wall.url, tmp_path / "run-1.spool", 5)
    delivery = Delivery(client_of(wall.url), kept, Notices(print))
    delivery._most = 2
    delivery.step()
    wall.before = lambda request: Answer(503, {"seen_upto": 2}, {"Retry-After": "0"}) if request.is_events else None
    delivery.step()
    assert told(wall) == [(2, 3)]
    wall.before = lambda request: None
    delivery.behind = lambda: 100
    delivery.step()
    assert told(wall)[1:] == [(2, 103)], "what was sent and not acknowledged waits, too"
    kept.close(delete=True)


def test_earlier_runs_wait_until_they_are_sent(wall: RecordingWall, tmp_path: Path) -> None:
    for name, url, events in (("a", wall.url, 3), ("b", wall.url, 4), ("c", "http://elsewhere", 5), ("d", wall.url, 6)):
        spool(url, tmp_path / f"{name}.spool", events).close(delete=False)
    (tmp_path / "e.spool").write_bytes(b"no spool")
    claim = spool_folder.Claim.on(tmp_path / "b.spool")
    assert claim is not None
    claim.note(1)
    claim.release(delete=False)
    others = spool_folder.Claim.on(tmp_path / "d.spool")
    collection = Collection(tmp_path, {wall.url: client_of(wall.url)}.get)
    assert collection.waiting == 0
    collection.count()
    assert collection.waiting == 3 + (4 - 1), "of d somebody else tells"
    delivered = collection.deliver()
    assert next(delivered).problem == ""
    assert collection.waiting == 3
    list(delivered)
    assert collection.waiting == 0
    assert others is not None
    others.release(delete=False)
