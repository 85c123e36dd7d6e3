from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.base.errors import BadRequest, Invalid, LivewallError, TooLarge
from livewall_dashboard.ingest import decode
from livewall_listener import wire

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


def batch(*events: Any, **members: Any) -> bytes:
    return json.dumps({"process": "0", "first_seq": 1, "events": events, **members}).encode()


def test_a_batch_becomes_the_listeners_own_objects() -> None:
    decoded = decode.decode_batch(batch(END_TEST, sent_at=TIME, now={"keywords": ["Log"], "elapsed_time": 1}))
    assert decoded == wire.Batch(
        "0",
        1,
        [wire.EndTest("s1-t1", "T", "S.T", "FAIL", "no", TIME, 0.25, tags=["smoke"])],
        TIME,
        wire.Now(["Log"], 1.0),
    )


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
