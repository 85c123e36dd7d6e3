"""Packets that no Socket.IO client sends: they end nothing but their own session, and are no business of the log."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from support.dashboard import Dashboard, Mode
from support.hostile import LINE

PACKETS = {
    "of no kind": "9",
    "of a letter": "\ud7ff",
    "nothing": "",
    "two hundred at once": "\x1e".join(["4"] * 200),
    "lists in lists": "42/wall," + '["x",' + "[" * 9000,
    "an event that is no list": "42/wall,{}",
    "an event without a name": "42/wall,[[1]]",
    "an event of the library": '42/wall,["disconnect"]',
    "a number without end": '42/wall,["snapshot",' + "9" * 5000 + "]",
    "an id without end": "42/wall," + "9" * 300 + '["snapshot"]',
    "a million attachments": '4599999999-/wall,["x"]',
    "an attachment that is missing": '451-/wall,["x",{"_placeholder":true,"num":7}]',
    "a stray attachment": "bAAAA",
    "no base64": "b!" + "A" * 99,
    "another namespace": "40/elsewhere,",
    "deep credentials": '40/wall,{"a":' + '{"b":' * 1700,
    "a line of the log": f"4x\r\n{LINE}\r\n",
    "an upgrade": "5",
    "the end": "1",
}


@pytest.mark.parametrize("mode", ["eventlet", pytest.param("threading", marks=pytest.mark.soak)])
def test_strange_packets_end_their_own_session_alone(mode: Mode, make_dashboard: Callable[..., Dashboard]) -> None:
    wall = make_dashboard(mode=mode).start()
    for kind, packet in PACKETS.items():
        path = session_on(wall)
        wall.request("POST", path, b"40/wall,")
        assert wall.request("POST", path, packet.encode(), timeout=60)[0] in (200, 400), kind
    assert wall.request("POST", session_on(wall), b"40/wall,")[0] == 200
    wall.stop()
    assert "rror" not in wall.log and "forged" not in wall.log, wall.log


def session_on(wall: Dashboard) -> str:
    path = "/socket.io/?EIO=4&transport=polling"
    status, body, _ = wall.request("GET", path)
    assert status == 200, body
    return f"{path}&sid={json.loads(body[1:])['sid']}"
