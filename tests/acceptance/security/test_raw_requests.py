"""Bytes on the wire that no client library sends: each is answered once, plainly, and the wall goes on."""

from __future__ import annotations

import json
import resource
import select
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest

from livewall_dashboard.web.headers import HEADERS
from support.dashboard import Dashboard, Mode
from support.edge import make_tokens
from support.hostile import TRAVERSALS
from support.waiting import wait_for

PATIENCE = 60.0
EVENTS = b"POST /api/v1/runs/r/events HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET /healthz?live HTTP/1.1\r\nHost: localhost\r\n"
SMUGGLED = b"GET /api/v1/runs?smuggled=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"

REFUSED = {
    "a length and chunks": (
        EVENTS + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        411,
    ),
    "chunks": (EVENTS + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, 411),
    "chunks in disguise": (EVENTS + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED, 400),
    "another encoding": (EVENTS + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, 411),
    "endless line of a chunk": (EVENTS + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 1_000_000, 411),
    "two lengths": (EVENTS + b"Content-Length: 0\r\nContent-Length: 72\r\n\r\n" + SMUGGLED, 400),
    "a length in words": (EVENTS + b"Content-Length: 0x10\r\n\r\n" + SMUGGLED, 400),
    "a length with a sign": (EVENTS + b"Content-Length: +7\r\n\r\n" + SMUGGLED, 400),
    "a length with an underscore": (EVENTS + b"Content-Length: 7_2\r\n\r\n" + SMUGGLED, 400),
    "a negative length": (EVENTS + b"Content-Length: -1\r\n\r\n" + SMUGGLED, 400),
    "a length of 40 digits": (EVENTS + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n", 400),
    "a space before the colon": (EVENTS + b"Content-Length : 72\r\n\r\n" + SMUGGLED, 400),
    "a folded header": (EVENTS + b"X-One: a\r\n Content-Length: 72\r\n\r\n" + SMUGGLED, 400),
    "a header behind a bare CR": (EVENTS + b"X-One: a\rTransfer-Encoding: chunked\r\n\r\n" + SMUGGLED, 400),
    "a NUL in a header": (GET + b"X-One: a\x00b\r\n\r\n", 400),
    "an escape in a header": (GET + b"User-Agent: \x1b[31mred\r\n\r\n", 400),
    "a header without a name": (GET + b": x\r\n\r\n", 400),
    "two hosts": (GET + b"Host: evil.example\r\n\r\n", 400),
    "two tokens": (GET + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400),
    "an endless header": (GET + b"X-Long: " + b"x" * 20_000 + b"\r\n\r\n", 431),
    "headers of many bytes": (GET + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 7000) for n in range(20)) + b"\r\n", 431),
    "many headers": (GET + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n", 431),
    "an endless address": (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 414),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "nothing but noise": (bytes(range(1, 256)) + b"\r\n\r\n", 400),
    "an older HTTP": (b"GET /\r\n\r\n", 400),
    "a newer HTTP": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "an escape as method": (b"G\x1b[31mET / HTTP/1.1\r\n\r\n", 400),
    "a tab in the address": (b"GET /a\tb HTTP/1.1\r\n\r\n", 400),
    "an address that is no UTF-8": (b"GET /api/v1/runs/\xff HTTP/1.1\r\n\r\n", 400),
    "a query that is no UTF-8": (b"GET /api/v1/runs?x=\xff HTTP/1.1\r\n\r\n", 400),
    "half a character in a query": (b"GET /v1/job?queue=\xc3 HTTP/1.1\r\n\r\n", 400),
    "an address on a host that is none": (b"GET http://[/ HTTP/1.1\r\n\r\n", 400),
    "an address of another kind": (b"GET ftp://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an address without a slash": (b"GET runs HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an address on another host": (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an address on another port": (b"GET http://localhost:443/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an address on no host": (b"GET http:///runs HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
}


@contextmanager
def line_to(wall: Dashboard) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", wall.port), PATIENCE) as line:
        yield line


def answer_to(wall: Dashboard, said: bytes) -> bytes:
    """All that comes back until the wall hangs up."""
    with line_to(wall) as line:
        line.sendall(said)
        return b"".join(iter(lambda: line.recv(65536), b""))


def parts_of(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode("ascii").split("\r\n")
    return int(status.split()[1]), {name: value for name, _, value in (line.partition(": ") for line in lines)}, body


def require_plain_error(answer: bytes, status: int) -> None:
    """One answer, of this status, in the API's words, with the headers that every answer has."""
    found, headers, body = parts_of(answer)
    assert found == status, answer[:300]
    assert json.loads(body)["error"]["message"], body
    assert headers["Connection"] == "close"
    assert HEADERS.items() <= headers.items()


@pytest.mark.parametrize(("said", "status"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_meaning_or_two_is_refused(shared_dashboard: Dashboard, said: bytes, status: int) -> None:
    require_plain_error(answer_to(shared_dashboard, said), status)


@pytest.mark.parametrize("mode", ["threading", "gunicorn"])
def test_without_eventlet_too(make_dashboard: Callable[..., Dashboard], mode: Mode) -> None:
    wall = make_dashboard(mode=mode).start()
    for said, status in REFUSED.values():
        require_plain_error(answer_to(wall, said), status)
    wall.stop()


LARGE = b"Content-Length: 900000000\r\nContent-Type: application/json\r\n"
UNWANTED = {
    "events that are too many": (EVENTS + LARGE, 413),
    "a registration": (b"PUT /api/v1/runs/r HTTP/1.1\r\nHost: localhost\r\n" + LARGE, 413),
    "a body of what takes none": (b"GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\n" + LARGE, 200),
    "events without a token": (EVENTS + LARGE.replace(b"900000000", b"9000000"), 401),
    "a file without a token": (b"PUT /api/v1/runs/r/artifacts/log.html HTTP/1.1\r\nHost: localhost\r\n" + LARGE, 401),
}


@pytest.mark.parametrize("mode", ["eventlet", "gunicorn"])
def test_a_body_that_nobody_wants_is_not_waited_for(
    make_dashboard: Callable[..., Dashboard], database_url: str, mode: Mode
) -> None:
    """Its caller hears so though it sends no more of it, and the wall hangs up."""
    make_tokens(database_url)
    for asks in (False, True):
        wall = make_dashboard(mode=mode, extra_args=["--require-tokens"] if asks else []).start()
        asked = {what: each for what, each in UNWANTED.items() if (each[1] == 401) is asks}
        with ThreadPoolExecutor(len(asked)) as callers:  # gunicorn hangs up after seconds: for all at once
            answers = callers.map(partial(answer_to, wall), [head + b"\r\n{" for head, _ in asked.values()])
            for (what, (_, status)), answer in zip(asked.items(), answers, strict=True):
                found, headers, _ = parts_of(answer)
                assert found == status, what
                assert mode != "eventlet" or headers["Connection"] == "close", what
        wall.stop()


@pytest.mark.parametrize("mode", ["eventlet", "threading", "gunicorn"])
def test_an_address_may_name_the_host(make_dashboard: Callable[..., Dashboard], mode: Mode) -> None:
    """As whoever asks a proxy writes it (RFC 9112, 3.2.2)."""
    wall = make_dashboard(mode=mode).start()
    for address in (
        b"http://LocalHost/api/v1/runs?limit=1",
        b"http://localhost//api/v1/runs",
        b"http://localhost:80/api/v1/runs",
        b"https://localhost:443/api/v1/runs",
    ):
        answer = answer_to(wall, b"GET " + address + b" HTTP/1.1\r\nHost: localhost \r\nConnection: close\r\n\r\n")
        assert parts_of(answer)[0] == 200, answer[:300]
    wall.stop()


@pytest.mark.parametrize("mode", ["eventlet", "gunicorn"])  # werkzeug's reads on until its caller hangs up
def test_a_caller_may_say_all_of_a_body_that_is_refused(
    make_dashboard: Callable[..., Dashboard], database_url: str, mode: Mode
) -> None:
    """Many read the answer only then: a line that is closed with bytes unread would be reset under them."""
    make_tokens(database_url)
    wall = make_dashboard(mode=mode, extra_args=["--require-tokens"]).start()
    body = b"x" * 400_000
    with line_to(wall) as line:
        line.sendall(EVENTS + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:200_000])
        wait_for(lambda: select.select([line], [], [], 0)[0], what="the answer")
        for start in range(200_000, len(body), 50_000):
            line.sendall(body[start : start + 50_000])
        assert parts_of(b"".join(iter(lambda: line.recv(65536), b"")))[0] == 401
    wall.stop()


def test_half_a_request_is_none(shared_dashboard: Dashboard) -> None:
    run = b"PUT /api/v1/runs/half HTTP/1.1\r\nHost: localhost\r\n"
    for said in (run, run[:20], run + b"Content-Le"):
        with line_to(shared_dashboard) as line:
            line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            assert b" 200 " not in b"".join(iter(lambda line=line: line.recv(65536), b""))  # type: ignore[misc]
    assert shared_dashboard.request("GET", "/api/v1/runs/half")[0] == 404


@pytest.mark.parametrize(
    "place", ["/static/", "/static/history/", "/runs/known/artifacts/", "/api/v1/runs/", "/socket.io/"]
)
def test_no_address_leads_to_a_file_of_others(shared_dashboard: Dashboard, place: str) -> None:
    shared_dashboard.request("PUT", "/api/v1/runs/known", {})
    for name in TRAVERSALS:
        path = place + name
        for method in ("GET", "PUT") if "artifacts" in place else ("GET",):
            said = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            status, headers, body = parts_of(answer_to(shared_dashboard, said.encode()))
            assert 300 <= status < 500, f"{path}: {status}"
            assert b"root:" not in body and b"[fonts]" not in body, path
            assert "X-Forged" not in headers, path
            assert HEADERS.items() <= headers.items(), path
    assert shared_dashboard.request("GET", "/static/shared/base.css")[0] == 200


NESTED = b"[" * 40_000
MAX_PACKET = 9000
"""Bytes that Socket.IO reads here; who sends more is cut off, and may not hear why."""
DEEP = {
    "lists": NESTED,
    "lists that end": NESTED + b"]" * 40_000,
    "objects": b'{"a":' * 10_000,
    "labels": b'{"labels":' + b'{"a":' * 10_000,
    "events": b'{"process":"0","first_seq":1,"events":[' + NESTED,
    "an event": b'{"process":"0","first_seq":1,"events":[{"kind":"plan","tests":' + NESTED,
    "a number": b'{"total":' + b"9" * 50_000 + b"}",
}


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
def test_json_of_any_depth_is_refused(shared_dashboard: Dashboard, body: bytes) -> None:
    shared_dashboard.request("PUT", "/api/v1/runs/deep", {})
    for method, path in (
        ("PUT", "/api/v1/runs/deep"),
        ("POST", "/api/v1/runs/deep/events"),
        ("POST", "/api/v1/jenkins/main/builds"),
        ("POST", "/socket.io/?EIO=4&transport=polling"),
    ):
        sent = body[:MAX_PACKET] if "socket.io" in path else body
        status, answer, _ = shared_dashboard.request(method, path, sent, timeout=PATIENCE)
        assert 400 <= status < 500, f"{method} {path}: {status} {answer[:200]!r}"


def test_text_that_is_none_is_repaired_in_what_a_run_says_of_itself(shared_dashboard: Dashboard) -> None:
    body = b'{"setup":"half \\ud800","labels":{"a\\u0000b":"' + b"\\u0000" * 10_000 + b'c\\udfff"}}'
    status, answer, _ = shared_dashboard.request("PUT", "/api/v1/runs/torn", body)
    assert status == 200, answer
    run = wait_for(lambda: shared_dashboard.get("/api/v1/runs/torn"))
    assert (run["setup"], run["labels"]) == ("half \ufffd", {"ab": "c\ufffd"})


def test_an_event_that_is_no_text_is_refused_with_the_reason(shared_dashboard: Dashboard) -> None:
    shared_dashboard.request("PUT", "/api/v1/runs/half-name", {})
    body = b'{"process":"0","first_seq":1,"events":[{"kind":"plan","tests":["\\udfff"]}]}'
    status, answer, _ = shared_dashboard.request("POST", "/api/v1/runs/half-name/events", body)
    assert status == 400 and b"surrogate" in answer


def test_slow_callers_hold_up_nobody(shared_dashboard: Dashboard) -> None:
    with ExitStack() as lines:
        slow = [lines.enter_context(line_to(shared_dashboard)) for _ in range(200)]
        for place, line in enumerate(slow):
            line.sendall((EVENTS + b"Content-Length: 1000\r\n\r\n{")[: 1 + place])
        assert shared_dashboard.request("GET", "/api/v1/runs", timeout=PATIENCE)[0] == 200
        assert shared_dashboard.request("PUT", "/api/v1/runs/quick", {}, timeout=PATIENCE)[0] == 200
        for line in slow:
            line.setblocking(False)
            with pytest.raises(BlockingIOError):
                line.recv(1)


def test_out_of_open_files_the_wall_waits_until_somebody_hangs_up(make_dashboard: Callable[..., Dashboard]) -> None:
    wall = make_dashboard(mode="eventlet").start()
    limits = resource.prlimit(wall.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(wall.pid, resource.RLIMIT_NOFILE, (100, limits[1]))
    with ExitStack() as lines:
        for _ in range(150):
            lines.enter_context(line_to(wall))
        wait_for(lambda: "Callers have to wait" in wall.log, PATIENCE, "the wall to have no open file left")
    wait_for(wall.healthy, PATIENCE, "the wall to answer again")
    resource.prlimit(wall.pid, resource.RLIMIT_NOFILE, limits)
    wall.stop()
