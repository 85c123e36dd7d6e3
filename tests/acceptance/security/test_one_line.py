"""Events one after the other on one line, as a node sends them: each is answered, and no byte is taken for another."""

from __future__ import annotations

import json
import socket
from io import BufferedReader

import pytest

from livewall_dashboard.web.headers import HEADERS
from support.dashboard import Dashboard

PATIENCE = 60.0
HEARTBEAT = b'{"process":"0","first_seq":1,"events":[]}'
SMUGGLED = b"GET /api/v1/runs?smuggled=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"

Reply = tuple[int, dict[str, str], bytes]


def request(run: str, body: bytes, *headers: str, version: str = "HTTP/1.1") -> bytes:
    head = [f"POST /api/v1/runs/{run}/events {version}", "Host: localhost", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


def reply(file: BufferedReader) -> Reply:
    status = int(file.readline().split()[1])
    lines = iter(lambda: file.readline().decode("ascii").rstrip("\r\n"), "")
    headers = {name: value for name, _, value in (line.partition(": ") for line in lines)}
    return status, headers, file.read(int(headers.get("Content-Length", "0")))


@pytest.fixture
def wall(shared_dashboard: Dashboard) -> Dashboard:
    if shared_dashboard.mode == "threading":
        pytest.skip("it answers one request on a line")
    assert shared_dashboard.request("PUT", "/api/v1/runs/one-line", {"process": "0"})[0] == 200
    return shared_dashboard


def test_each_request_has_its_answer(wall: Dashboard) -> None:
    with socket.create_connection(("127.0.0.1", wall.port), PATIENCE) as line, line.makefile("rb") as answers:
        for said, expected in (
            (request("one-line", HEARTBEAT), 200),
            (request("nowhere", HEARTBEAT), 404),
            (request("one-line", SMUGGLED, "Origin: http://elsewhere.example"), 403),  # nobody reads its body
            (request("one-line", b"{"), 400),
            (request("one-line", HEARTBEAT, "Connection: keep-alive"), 200),
            (request("one-line", HEARTBEAT, "Connection: x, Upgrade", "Upgrade: websocket"), 200),
            (request("one-line", HEARTBEAT) + request("one-line", HEARTBEAT), 200),
            (b"", 200),
        ):
            line.sendall(said)
            status, headers, body = reply(answers)
            assert status == expected, body
            assert HEADERS.items() <= headers.items()
            assert headers["Date"].endswith(" GMT") and headers["Content-Type"] == "application/json"
            assert ("error" in json.loads(body)) == (status != 200)
            if wall.mode == "eventlet":  # gunicorn says it each time
                assert headers.get("Connection") == ("keep-alive" if b"keep-alive" in said else None)
        line.sendall(request("one-line", HEARTBEAT, "Connection: close"))
        status, headers, _ = reply(answers)
        assert (status, headers["Connection"], answers.read()) == (200, "close", b"")


def test_who_asks_whether_to_go_on_is_told_so(wall: Dashboard) -> None:
    with socket.create_connection(("127.0.0.1", wall.port), PATIENCE) as line, line.makefile("rb") as answers:
        head = request("one-line", HEARTBEAT, "Expect: 100-continue").removesuffix(HEARTBEAT)
        line.sendall(head)
        assert reply(answers)[0] == 100
        line.sendall(HEARTBEAT)
        assert reply(answers)[0] == 200


def test_older_callers_are_answered_and_left(wall: Dashboard) -> None:
    with socket.create_connection(("127.0.0.1", wall.port), PATIENCE) as line, line.makefile("rb") as answers:
        line.sendall(request("one-line", HEARTBEAT, version="HTTP/1.0"))
        assert reply(answers)[0] == 200
        assert answers.read() == b""
