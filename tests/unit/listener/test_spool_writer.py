"""What the listener hands over -> records in the spool; what goes first when there is no room."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import pytest

from livewall_listener import encode, spool_writer, wire
from livewall_listener.notices import Notices
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header
from livewall_listener.spool_writer import SpoolWriter, slim

AT = "2026-03-01T12:00:00.000000+00:00"
PHASE = wire.Phase("Open", "PASS", 0.5)
EVENTS: list[wire.Event] = [
    wire.StartSuite("s1", "Root", "Root", AT, 1, 1, "/r", "Doc " * 200, {"a": "b"}),
    wire.Plan(["Root.One"]),
    wire.StartTest("s1-t1", "One", "Root.One", AT),
    wire.EndTest("s1-t1", "One", "Root.One", "FAIL", 'ä "quoted"\n\u2028🐙' * 100, AT, 1.25, 7, ["x", "ö"], "/other"),
    wire.CorrectTest("s1-t1", "One", "Root.One", "FAIL", "SKIP", "why"),
    wire.EndSuite("s1", "FAIL", "m", 2.5, 1, PHASE, None),
    wire.CorrectSuite("s1", "SKIP", "m"),
    wire.Lost(3, "full"),
    wire.EndProcess(1, 0, 1, 0, "d", 2, 3),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_an_event_is_one_line_that_the_dashboard_decodes_to_the_same(event: wire.Event) -> None:
    line = encode.event(event)
    assert b"\n" not in line
    assert json.loads(line) == {"kind": event.kind, **asdict(event)}
    assert msgspec.json.decode(line, type=type(event)) == event
    assert encode.decode_event(line) == event


def test_a_lone_surrogate_cannot_stop_the_rest() -> None:
    assert json.loads(encode.event(wire.Lost(1, "\ud800")))["reason"] == "?"


def test_a_batch_is_what_the_contract_says() -> None:
    now = wire.Now(["Login", "Click"], 1.5, "suite setup", 2.5)
    body = encode.batch("0", 5, [encode.event(event) for event in EVENTS], sent_at=AT, now=now)
    batch = json.loads(body)
    assert (batch["process"], batch["first_seq"], batch["sent_at"]) == ("0", 5, AT)
    assert msgspec.convert(batch["now"], wire.Now) == now
    assert [event["kind"] for event in batch["events"]] == [event.kind for event in EVENTS]
    assert json.loads(encode.batch("0", 5, [], sent_at=AT, now=None))["events"] == []


@pytest.fixture
def spool(tmp_path: Path) -> Any:
    made = SpoolFile.create(Header("http://wall", "r", {"process": "0"}), tmp_path / "a.spool", limit=10**9)
    yield made
    made.close(delete=True)


def stored(spool: SpoolFile) -> list[dict[str, Any]]:
    records = spool.read(spool.first_seq, most=10**6, most_bytes=10**9)
    return [json.loads(record) for record in records]


def run(spool: SpoolFile, events: list[wire.Event]) -> int:
    """-> how often it said that there is something new."""
    told: list[bool] = []
    thread = SpoolWriter(spool, lambda: told.append(True), Notices(print))
    thread.start()
    for event in events:
        thread.put(event)
    assert thread.finish(30)
    assert thread.waiting == 0
    return len(told)


def test_everything_handed_over_is_spooled_in_order(spool: SpoolFile) -> None:
    events: list[wire.Event] = [wire.Lost(n, "") for n in range(3000)]
    assert run(spool, events) >= 3
    assert [event["count"] for event in stored(spool)] == list(range(3000))


@pytest.mark.parametrize("are_encoded", [False, True])
@pytest.mark.parametrize("at_once", [1, 10, 61])
def test_when_room_is_scarce_detail_goes_first_and_is_counted(at_once: int, are_encoded: bool) -> None:
    spool = SpoolFile.create(Header("http://wall", "r", {"process": "0"}), None, limit=0, memory=40_000)
    thread = SpoolWriter(spool, lambda: None, Notices(print))
    message = "m" * 2000
    tests: list[wire.Event] = []
    for n in range(1, 31):
        tests.append(wire.StartTest(f"s1-t{n}", f"T{n}", f"R.T{n}", AT))
        tests.append(wire.EndTest(f"s1-t{n}", f"T{n}", f"R.T{n}", "FAIL", message, AT, 1.0))
    tests.append(wire.EndSuite("s1", "FAIL", "", 1.0, 30))
    handed_over = [encode.event(event) if are_encoded else event for event in tests]
    for first in range(0, len(tests), at_once):
        thread._store(handed_over[first : first + at_once])
    kept = stored(spool)
    ends = [event for event in kept if event["kind"] == "end_test"]
    assert len(ends) == 30, "every test's end is there"
    assert {len(event["message"]) for event in ends} == {2000, spool_writer._SHORT}
    cut = sum(len(event["message"]) < 2000 for event in ends)
    dropped = 30 - sum(event["kind"] == "start_test" for event in kept)
    assert sum(event["count"] for event in kept if event["kind"] == "lost") == cut + dropped > 0
    assert kept[-1]["kind"] == "end_suite"


def test_with_no_room_at_all_losses_are_counted_and_reported_when_there_is_room_again() -> None:
    spool = SpoolFile.create(Header("http://wall", "r", {"process": "0"}), None, limit=0, memory=3000)
    thread = SpoolWriter(spool, lambda: None, Notices(print))
    ends: list[wire.Event] = [wire.EndTest(f"s1-t{n}", "T", "R.T", "PASS", "", AT, 1.0) for n in range(200)]
    for event in ends:
        thread._store([event])
    before = stored(spool)
    arrived = sum(event["kind"] == "end_test" for event in before)
    known = sum(event["count"] for event in before if event["kind"] == "lost")
    assert 0 < arrived < 100
    spool.acknowledge(spool.last_seq)
    thread._store([wire.EndProcess(200, 200, 0, 0, "d")])
    after = stored(spool)
    assert [event["kind"] for event in after] == ["lost", "end_process"]
    assert arrived + known + after[0]["count"] == 200


def test_what_is_left_of_an_event_without_its_detail() -> None:
    assert [slim(event) is None for event in EVENTS] == [False, True, True, *[False] * 6]
    start, end = slim(EVENTS[0]), slim(EVENTS[3])
    assert isinstance(start, wire.StartSuite) and start.doc == "" and start.metadata == {} and start.source == "/r"
    assert isinstance(end, wire.EndTest) and len(end.message) == spool_writer._SHORT and end.tags == ["x", "ö"]
    assert slim(EVENTS[-1]) is EVENTS[-1]
