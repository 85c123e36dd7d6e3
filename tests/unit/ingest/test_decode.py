from __future__ import annotations

import dataclasses
import gzip
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.base.errors import BadRequest, Invalid, LivewallError, TooLarge
from livewall_dashboard.ingest import decode
from livewall_listener import wire

ENVELOPE = {"process": "0", "first_seq": 1}
TIME = "2026-05-04T10:00:00.123456+00:00"
END_TEST = {
    "kind": "end_test",
    "id": "s1-t1",
    "name": "T",
    "longname": "S.T",
    "status": "FAIL",
    "message": "no",
    "start_time": TIME,
    "elapsed_time": 0.25,
    "tags": ["smoke"],
}


_MEMBERS = {name: value for name, value in END_TEST.items() if name != "kind"}
_MANY = {str(number): "" for number in range(3000)}
_PHASE = {"name": "Open", "status": "PASS"}


def batch(*events: Any, **members: Any) -> bytes:
    return json.dumps({"process": "0", "first_seq": 1, "events": events, **members}).encode()


def test_a_batch_becomes_what_the_listener_meant() -> None:
    decoded = decode.decode_batch(batch(END_TEST, sent_at=TIME, now={"keywords": ["Log"], "elapsed_time": 1}))
    assert decoded == wire.Batch("0", 1, decoded.events, TIME, wire.Now(["Log"], 1.0))
    (event,) = decoded.events
    assert as_told(event) == as_told(wire.EndTest("s1-t1", "T", "S.T", "FAIL", "no", TIME, 0.25, tags=["smoke"]))


PHASE = wire.Phase("Open", "PASS", 0.5)
EVERY_KIND: list[wire.Event] = [
    wire.Plan(["S.T"]),
    wire.StartSuite("s1", "S", "S", TIME, 2, 1, "/s.robot", "doc", {"a": "b"}),
    wire.EndSuite("s1", "FAIL", "m", 1.5, 2, PHASE, PHASE, "doc", {"a": "b"}),
    wire.StartTest("s1-t1", "T", "S.T", TIME),
    wire.EndTest("s1-t1", "T", "S.T", "FAIL", "m", TIME, 1.5, 7, ["smoke"], "/t.robot"),
    wire.CorrectTest("s1-t1", "T", "S.T", "PASS", "FAIL", "m"),
    wire.CorrectSuite("s1", "FAIL", "m"),
    wire.Lost(3, "full"),
    wire.EndProcess(4, 1, 2, 1, "d", 5, 6),
]


def test_of_no_kind_a_member_is_lost() -> None:
    assert {event.kind for event in EVERY_KIND} == wire.EVENTS.keys()
    decoded = decode.decode_batch(batch(*({"kind": event.kind, **dataclasses.asdict(event)} for event in EVERY_KIND)))
    assert list(map(as_told, decoded.events)) == list(map(as_told, EVERY_KIND))


def test_what_a_node_may_leave_out_is_what_it_is_there() -> None:
    for event in EVERY_KIND:
        least = {m.name: getattr(event, m.name) for m in dataclasses.fields(event) if _is_required(m)}
        (decoded,) = decode.decode_batch(
            msgspec.json.encode({**ENVELOPE, "events": [{"kind": event.kind, **least}]})
        ).events
        assert as_told(decoded) == as_told(type(event)(**least))


def _is_required(member: dataclasses.Field[Any]) -> bool:
    return member.default is member.default_factory is dataclasses.MISSING


def as_told(event: wire.Event) -> dict[str, Any]:
    members = {member.name: getattr(event, member.name) for member in dataclasses.fields(wire.EVENTS[event.kind])}
    return {"kind": event.kind, **json.loads(msgspec.json.encode(members))}


def test_a_heartbeat_has_no_events() -> None:
    assert decode.decode_batch(batch()).events == []


def test_members_of_a_later_version_are_passed_over() -> None:
    assert decode.decode_batch(batch({**END_TEST, "mood": "good"}, weather="fine")).events[0].kind == "end_test"


@pytest.mark.parametrize(
    ("event", "word"),
    [
        ({**END_TEST, "status": "GREEN"}, "status"),
        ({**END_TEST, "id": "../x"}, "id"),
        ({**END_TEST, "start_time": "yesterday"}, "yesterday"),
        ({**END_TEST, "name": None}, "name"),
        ({**END_TEST, "longname": "x" * 300_000}, "200000"),
        ({**END_TEST, "tags": ["x"] * 3000}, "tags"),
        ({**END_TEST, "elapsed_time": 1e11}, "elapsed_time"),
        ({**END_TEST, "elapsed_time": -1e11}, "elapsed_time"),
        ({**END_TEST, "message": "x" * 1_000_200}, "message"),
        ({"kind": "lost", "count": -1, "reason": ""}, "count"),
        ({"kind": "lost", "count": 10**9, "reason": ""}, "count"),
        ({"kind": "plan", "tests": ["x" * 300_000]}, "tests"),
        ({"kind": "correct_suite", "id": "s1", "status": "GREEN", "message": ""}, "status"),
        ({"kind": "correct_test", **_MEMBERS, "id": "t1", "was": "PASS"}, "id"),
        ({"kind": "start_test", **_MEMBERS, "start_time": "2500-01-01"}, "2500"),
        ({"kind": "start_suite", **_MEMBERS, "total": -1, "test_count": 1}, "total"),
        ({"kind": "start_suite", **_MEMBERS, "total": 1, "test_count": 1, "metadata": _MANY}, "metadata"),
        ({"kind": "end_suite", **_MEMBERS, "total": 1, "metadata": _MANY}, "metadata"),
        ({"kind": "end_suite", **_MEMBERS, "total": 1, "teardown": {**_PHASE, "elapsed_time": 1e11}}, "elapsed_time"),
        ({"kind": "explode"}, "explode"),
        ({}, "kind"),
        ("text", "object"),
    ],
)
def test_a_bad_event_is_named(event: Any, word: str) -> None:
    with pytest.raises(Invalid) as raised:
        decode.decode_batch(batch(END_TEST, event))
    assert raised.value.detail == {"seq": 2}
    assert word in raised.value.message


@pytest.mark.parametrize(
    "members",
    [
        {"process": "a/b"},
        {"process": ""},
        {"first_seq": 0},
        {"first_seq": "1"},
        {"sent_at": "noon"},
        {"events": {}},
    ],
)
def test_a_bad_envelope_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        decode.decode_batch(batch(**members))


def test_a_batch_has_a_limit() -> None:
    with pytest.raises(TooLarge):
        decode.decode_batch(batch(*[{}] * (decode.MAX_EVENTS + 1)))


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"process": "\xff"}'])
def test_what_is_not_json_is_refused(data: bytes) -> None:
    with pytest.raises((BadRequest, Invalid)):
        decode.decode_batch(data)


LEAVES = st.none() | st.booleans() | st.floats() | st.text()


@given(st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_whatever_comes_the_answer_is_one_of_ours(document: Any) -> None:
    for data in (json.dumps(document).encode(), batch(document), batch({**END_TEST, "message": document})):
        for decoder in (decode.decode_batch, decode.decode_run_info):
            status = 200
            try:
                decoder(data)
            except LivewallError as error:
                status = error.http_status
            assert status == 200 or 400 <= status < 500


def test_a_run_needs_no_metadata() -> None:
    assert decode.decode_run_info(b"") == wire.RunInfo()


def test_a_build_link_that_is_no_link_is_dropped() -> None:
    info = decode.decode_run_info(b'{"build": {"url": "javascript:alert(1)", "job": "nightly"}}')
    assert info.build == wire.Build(url="", job="nightly")


def test_a_newer_listener_is_told_to_wait_for_an_upgrade() -> None:
    with pytest.raises(Invalid, match="upgrade the dashboard"):
        decode.decode_run_info(b'{"wire_version": 99}')


@pytest.mark.parametrize("run", ["", "../x", "a b", "x" * 129, "-x", "a\n"])
def test_a_run_id_is_plain(run: str) -> None:
    with pytest.raises(Invalid):
        decode.run_id(run)


def test_a_packed_body_is_unpacked() -> None:
    assert decode.body(gzip.compress(b"hello"), "gzip") == b"hello"


def test_a_bomb_is_not() -> None:
    with pytest.raises(TooLarge):
        decode.body(gzip.compress(bytes(decode.MAX_BODY + 1)), "gzip")


@pytest.mark.parametrize(
    ("data", "encoding"), [(b"hello", "gzip"), (gzip.compress(b"hello", mtime=0)[:-9], "gzip"), (b"x", "br")]
)
def test_a_body_that_is_not_what_it_says_is_refused(data: bytes, encoding: str) -> None:
    with pytest.raises(BadRequest):
        decode.body(data, encoding)
