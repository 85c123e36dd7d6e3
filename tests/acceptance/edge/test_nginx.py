"""The wall behind nginx, as config/nginx.conf has it: everything over TLS, nothing lost, nothing told to the logs."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from support.dashboard import Dashboard
from support.edge import Edge, SocketScreen, make_tokens
from support.lab import NODE_ZONE, SUITES
from support.oracle import assert_equal, read_output
from support.recorded import read_api
from support.robot import run_robot, start_robot
from support.waiting import wait_for

MIB = 1024 * 1024
SLOW = ("--log", "NONE", "--report", "NONE", "--variable", "PAUSE:1ms")
NODE = {"TZ": NODE_ZONE}
INFO = {"process": "0", "setup": "", "started_at": "2026-03-01T12:00:00+00:00", "host": "unheard-of"}
"""What a node says that was not told its setup."""


def test_the_site_is_accepted_without_a_warning(shared_edge: Edge) -> None:
    said = shared_edge.nginx.check()
    assert "warn" not in said
    assert "successful" in said


def test_plain_http_leads_to_https(shared_edge: Edge) -> None:
    status, _, headers = shared_edge.request("GET", "/runs?status=FAIL", url=shared_edge.nginx.plain_url, scope=None)
    assert (status, headers["location"]) == (301, "https://127.0.0.1/runs?status=FAIL")
    assert headers["server"] == "nginx", "not which version it is"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_certificate_verifies_as_todays_clients_want_it(shared_edge: Edge, version: ssl.TLSVersion) -> None:
    context = shared_edge.certificates.trusting()
    context.minimum_version = context.maximum_version = version
    assert _handshake(shared_edge, context) == version.name.replace("_", ".")


def test_older_tls_is_refused_whatever_the_rest_of_nginx_allows(shared_edge: Edge) -> None:
    context = shared_edge.certificates.trusting()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
        _handshake(shared_edge, context)


def _handshake(edge: Edge, context: ssl.SSLContext) -> str | None:
    with (
        socket.create_connection(("127.0.0.1", edge.nginx.port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as line,
    ):
        return line.version()


def test_pages_and_api_come_through_and_the_dashboard_compresses(shared_edge: Edge) -> None:
    status, page, headers = shared_edge.request("GET", "/", headers={"Accept-Encoding": "br, gzip"})
    assert status == 200
    assert headers["content-encoding"] == "br"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert shared_edge.get("/api/v1/setups")["next"] is None
    assert shared_edge.request("GET", "/", scope=None)[0] == 401, "its callers are not on loopback"
    assert page


def test_the_cookie_of_a_screen_is_secure(shared_edge: Edge) -> None:
    form = urlencode({"token": shared_edge.tokens["read"], "next": "/?theme=dark"}).encode()
    status, _, headers = shared_edge.request("POST", "/login", form, scope=None)
    assert (status, headers["location"]) == (303, "/?theme=dark")
    assert "Secure" in headers["set-cookie"]
    cookie = {"Cookie": headers["set-cookie"].partition(";")[0]}
    assert shared_edge.request("GET", "/api/v1/live", scope=None, headers=cookie)[0] == 200
    evil = {**cookie, "Origin": "https://evil.example"}
    assert shared_edge.request("POST", "/logout", b"", scope=None, headers=evil)[0] == 403
    assert (
        shared_edge.request("POST", "/logout", b"", scope=None, headers={**cookie, "Origin": shared_edge.url})[0] == 303
    )
    assert shared_edge.request("GET", "/api/v1/live", scope=None, headers=cookie)[0] == 401


def test_a_token_in_an_address_goes_behind_a_hash_and_into_no_log(shared_edge: Edge) -> None:
    token = shared_edge.tokens["read"]
    status, _, headers = shared_edge.request("GET", f"/?token={token}&theme=dark", scope=None)
    assert (status, headers["location"]) == (303, f"/login?next=%2F%3Ftheme%3Ddark#{token}")
    assert "set-cookie" not in headers
    assert token not in "".join(shared_edge.nginx.logs.values())


def test_a_node_without_a_name_is_known_by_its_address_and_by_no_other(shared_edge: Edge, board_7: str) -> None:
    """Behind a proxy all lines come from the proxy: it says whose they are, whatever the caller says of itself."""
    _register(shared_edge, "honest", board_7, {})
    _register(shared_edge, "liar", "127.0.0.78", {"X-Forwarded-For": board_7, "X-Real-IP": board_7})
    assert shared_edge.tile("Board 7")["run"]["id"] == "honest"
    assert shared_edge.get("/api/v1/runs/liar")["setup"] == "unheard-of"


def test_a_stranger_who_says_the_same_to_the_dashboard_itself_gains_nothing(
    make_dashboard: Callable[..., Dashboard], database_url: str, board_7: str, tmp_path: Path
) -> None:
    """This dashboard's nginx is on another machine, and it is not nginx who calls."""
    config = tmp_path / "setups_config.json"
    config.write_text(json.dumps({"setups": [{"name": "Board 7", "addresses": [board_7]}]}), encoding="utf-8")
    dashboard = make_dashboard(extra_args=["--trusted-proxies", "10.1.1.1", "--config", str(config)])
    tokens = make_tokens(database_url)
    dashboard.start()
    said = {"X-Forwarded-For": board_7, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    nodes = {**said, "Authorization": f"Bearer {tokens['ingest']}"}
    assert dashboard.request("PUT", "/api/v1/runs/liar", INFO, headers=nodes)[0] == 200
    people = {**said, "Authorization": f"Bearer {tokens['read']}"}
    _, answer, _ = dashboard.request("GET", "/api/v1/runs/liar", headers=people)
    assert json.loads(answer)["setup"] == "unheard-of"
    assert (
        dashboard.request("PUT", "/api/v1/runs/liar", INFO, headers={**nodes, "Origin": "https://evil.example"})[0]
        == 403
    )


def _register(edge: Edge, run: str, address: str, headers: dict[str, str]) -> None:
    sent = {"Content-Type": "application/json", **headers}
    assert edge.request_from(address, "PUT", f"/api/v1/runs/{run}", json.dumps(INFO).encode(), sent) == 200


def test_a_robot_run_arrives_as_it_was(shared_edge: Edge, tmp_path: Path) -> None:
    run = run_robot(SUITES / "steady", *SLOW, cwd=tmp_path, env={**NODE, **shared_edge.node(LIVEWALL_SETUP="Node")})
    assert "livewall" not in run.console, "there is nothing to warn of"
    _holds(shared_edge, run.run_id, run.output)


def _holds(edge: Edge, key: str, output: Path) -> None:
    wait_for(lambda: edge.get(f"/api/v1/runs/{key}")["verification"] == "verified", what="verification")
    assert_equal(read_output(output, ZoneInfo(NODE_ZONE)), read_api(edge.get, key))


def test_a_large_log_goes_up_and_comes_back(shared_edge: Edge) -> None:
    """Bigger than what nginx takes elsewhere, and than what it keeps in memory; neither way touches its disk."""
    log = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(48 * MIB // 32))
    _register(shared_edge, "large", "127.0.0.1", {})
    path = "/api/v1/runs/large/artifacts/log.html"
    digest = {"X-Content-SHA256": hashlib.sha256(log).hexdigest()}
    status, answer, _ = shared_edge.request("PUT", path, log, scope="ingest", headers=digest)
    assert status == 201, answer
    status, back, _ = shared_edge.request("GET", "/runs/large/artifacts/log.html")
    assert (status, hashlib.sha256(back).hexdigest()) == (200, digest["X-Content-SHA256"])
    assert "buffered to a temporary file" not in "".join(shared_edge.nginx.logs.values())


def test_an_upload_without_a_token_is_refused_before_it_is_sent(shared_edge: Edge) -> None:
    """The dashboard sees the request while most of the file is still on its way."""
    context = shared_edge.certificates.trusting()
    head = (
        "PUT /api/v1/runs/any/artifacts/log.html HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Length: {900 * MIB}\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    with (
        socket.create_connection(("127.0.0.1", shared_edge.nginx.port), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as line,
    ):
        line.sendall(head.encode() + bytes(64 * 1024))
        answer = line.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 401"), answer


@pytest.mark.parametrize("size", [17 * MIB, 21 * MIB])
def test_what_is_too_large_is_said_to_be(shared_edge: Edge, size: int) -> None:
    status, _, _ = shared_edge.request(
        "POST", "/api/v1/runs/large/events", bytes(size), scope="ingest", headers={"Content-Type": "application/json"}
    )
    assert status == 413


def test_a_screen_gets_frames_over_websocket(shared_edge: Edge) -> None:
    screen = SocketScreen(
        shared_edge.url,
        shared_edge.certificates.trusting(),
        {"Cookie": f"livewall_token={shared_edge.tokens['read']}", "Origin": "https://127.0.0.1"},
    )
    frames = screen.frames()
    name, snapshot = next(frames)
    assert name == "snapshot"
    _register(shared_edge, "live", "127.0.0.79", {})
    while not any(change["setup"] == "unheard-of" for change in snapshot.get("changes", [])):
        name, snapshot = next(frames)
    screen.close()


@pytest.mark.parametrize(
    "headers",
    [{}, {"Cookie": "livewall_session=lws_wrong"}, {"Origin": "https://evil.example"}],
    ids=["without a session", "with a wrong one", "from another page"],
)
def test_a_stranger_gets_no_handshake(shared_edge: Edge, headers: dict[str, str]) -> None:
    cookie = {"Cookie": f"livewall_token={shared_edge.tokens['read']}"} if "Origin" in headers else {}
    websocket = {"Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    for query, more in (("websocket", websocket), ("polling", {}), ("polling&sid=", {}), ("polling&sid=x", {})):
        address = f"/socket.io/?EIO=4&transport={query}"
        status, answer, _ = shared_edge.request("GET", address, scope=None, headers={**cookie, **headers, **more})
        assert status == (403 if cookie else 401), answer
    assert shared_edge.request("GET", "/socket.io/?EIO=4&transport=polling")[0] == 200


def test_while_the_dashboard_is_away_people_and_programs_are_told_and_all_come_back(
    own_edge: Edge, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    robot = start_robot(
        SUITES / "slow",
        "--log", "NONE", "--report", "NONE", "--variable", f"FLAG:{go}",
        cwd=tmp_path,
        env={**NODE, **own_edge.node(LIVEWALL_SETUP="Node")},
    )  # fmt: skip
    headers = {"Cookie": f"livewall_token={own_edge.tokens['read']}"}
    screen = SocketScreen(own_edge.url, own_edge.certificates.trusting(), headers)
    wait_for(lambda: own_edge.tile("Node")["state"] == "running", what="the run on the wall")
    assert next(screen.frames())[0] == "snapshot"

    own_edge.dashboard.stop()
    assert all(name == "delta" for name, _ in screen.frames()), "the line ends with the dashboard, not by itself"
    token = own_edge.tokens["read"]
    status, page, headers = own_edge.request("GET", f"/?theme=dark&token={token}", scope=None)
    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "2", "no-store")
    assert headers["content-type"].startswith("text/html")
    assert b'http-equiv="refresh"' in page
    for path in ("/api/v1/live", "/healthz", "/socket.io/?EIO=4&transport=polling"):
        status, answer, headers = own_edge.request("GET", path)
        assert (status, headers["retry-after"]) == (503, "2")
        assert json.loads(answer)["error"]["code"] == "unavailable"

    own_edge.dashboard.start()
    again = SocketScreen(own_edge.url, own_edge.certificates.trusting(), {"Cookie": f"livewall_token={token}"})
    name, snapshot = next(again.frames())
    assert name == "snapshot"
    assert [tile["setup"] for tile in snapshot["setups"]] == ["Node"]
    again.close()
    go.touch()
    run = robot.finish()
    _holds(own_edge, run.run_id, run.output)
    logs = own_edge.nginx.logs
    assert token not in "".join(logs.values()), "a token in an address is in no log"
    assert re.search(r" 503 \"GET /\" ", logs["livewall.access.log"])
