"""What builds left running, through nginx by names of their own: by the wall's ticket, and with nothing of the wall."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.branches.connect_routes import COOKIE
from livewall_dashboard.postgres.database import Database
from support.background_server import in_background
from support.certificates import Certificates
from support.dashboard import Dashboard
from support.edge import Edge, edge
from support.ports import free_port
from support.waiting import wait_for

NAME = "instances.lab.example"
RUNS, SLEEPS, IS_THE_WALLS, IS_DEAD = 7, 8, 9, 10


@dataclass
class Instance:
    """A server that notes what it is asked, and answers an upgrade by saying everything back."""

    port: int = 0
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    found = Instance()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found.heard.append((self.path, dict(self.headers)))
            if self.headers.get("Upgrade"):
                self.send_response(101)
                self.send_header("Upgrade", self.headers["Upgrade"])
                self.send_header("Connection", "upgrade")
                self.end_headers()
                self.wfile.write(self.rfile.read(5))
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Set-Cookie", "mine=1; Domain=lab.example; Path=/")
            if self.path == "/elsewhere":
                self.send_header("X-Accel-Redirect", "/.livewall/way")
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_port
        with in_background(server):
            yield found


@pytest.fixture(scope="module")
def lab(
    databases: Any,
    template: str,
    authority: Certificates,
    needs_nginx: None,
    instance: Instance,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Edge]:
    """Of three instances: one runs, one sleeps, and of one its agent says that it is at the wall's own port."""
    url, folder = databases.create(template), tmp_path_factory.mktemp("instances")
    config = folder / "setups_config.json"
    config.write_text('{"setups": []}')
    with edge(url, folder, authority, Dashboard, "--config", str(config)) as made:
        config.write_text(json.dumps(configuration(made, folder)))
        ports = {RUNS: instance.port, SLEEPS: None, IS_THE_WALLS: made.dashboard.port, IS_DEAD: free_port()}
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO bundle (project, name, pushed_at) VALUES ('shop', 'main', now())")
            for number, port in ports.items():
                connection.execute(
                    "INSERT INTO branch_build (number, bundle_id, state, result, job_id) "
                    "SELECT %s, id, 'done', 'ok', gen_random_uuid() FROM bundle",
                    [number],
                )
                connection.execute(
                    "INSERT INTO branch_instance (number, job_id, project, agent, host, port, state, lease_until) "
                    "SELECT number, job_id, 'shop', 'rig', '127.0.0.1', %s, %s, now() + interval '1 hour' "
                    "FROM branch_build WHERE number = %s",
                    [port, "running" if port else "stopped", number],
                )
        wait_for(lambda: made.get("/api/v1/projects")["projects"], what="the configuration to be taken over")
        yield made
    databases.drop(url)


def configuration(made: Edge, folder: Path) -> dict[str, Any]:
    repositories = [{"name": "server", "url": str(folder / "none.git")}]
    steps = [{"name": "build", "command": "true"}]
    return {
        "wall": {"url": made.url, "instances": f"{NAME}:{made.nginx.port}"},
        "projects": [{"name": "shop", "repositories": repositories, "steps": steps, "run": {"command": "x"}}],
    }


def ask(
    lab: Edge, number: object, path: str = "/", *, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    """Under the name of an instance."""
    context = lab.certificates.trusting()
    context.check_hostname = False
    line = http.client.HTTPSConnection("127.0.0.1", lab.nginx.port, timeout=60, context=context)
    with closing(line):
        line.request(
            method, path, headers={"Host": f"{number}.{NAME}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        )
        reply = line.getresponse()
        return reply, reply.read()


def enter(lab: Edge, number: int, to: str = "/", token: str | None = None) -> tuple[str, str]:
    """By the wall, as a browser does -> the cookie that lets in, and where it leads."""
    shown = {"Authorization": f"Bearer {token or lab.tokens['read']}"}
    status, _, headers = lab.request("GET", f"/branch-builds/{number}/connect?to={to}", scope=None, headers=shown)
    assert status == 303, headers
    way = urlsplit(headers["location"])
    assert way.netloc == f"{number}.{NAME}:{lab.nginx.port}"
    reply, _ = ask(lab, number, f"{way.path}?{way.query}")
    assert reply.status == 303, reply.status
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=") and "HttpOnly" in cookie and "Secure" in cookie and "Domain" not in cookie
    return cookie.partition(";")[0], reply.headers["Location"]


def test_by_the_walls_ticket_and_nothing_of_the_wall_along(lab: Edge, instance: Instance) -> None:
    cookie, leads_to = enter(lab, RUNS, to="/shop%3Fx%3D1")
    assert leads_to == "/shop?x=1"
    shown = {each["build"]: each["url"] for each in lab.get("/api/v1/instances")["instances"]}
    assert shown[RUNS] == f"https://{RUNS}.{NAME}:{lab.nginx.port}/"
    instance.heard.clear()
    reply, body = ask(
        lab,
        RUNS,
        leads_to,
        Cookie=f"a=1; livewall_session=stolen; {cookie}; b=2; livewall_token=x",
        Authorization="Bearer lw_secret",
        X_Livewall_Crumb="crumb",
        X_Forwarded_For="6.6.6.6",
    )
    assert (reply.status, body) == (200, b"hello")
    ((path, headers),) = instance.heard
    assert (path, headers["Cookie"]) == ("/shop?x=1", "a=1; b=2")
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert "lw_secret" not in str(headers) and "livewall" not in str(headers).lower().replace(NAME, "")
    assert "Content-Security-Policy" not in reply.headers, "it is not a page of the wall"
    assert f"Domain={RUNS}.{NAME}" in reply.headers["Set-Cookie"], "nor may it set cookies of the wall's"


def test_pages_of_one_instance_ask_nothing_of_another(lab: Edge, instance: Instance) -> None:
    cookie, _ = enter(lab, RUNS)
    instance.heard.clear()
    for origin, status in [
        (f"https://{RUNS}.{NAME}:{lab.nginx.port}", 200),
        (lab.url, 200),
        (f"https://{SLEEPS}.{NAME}:{lab.nginx.port}", 302),
    ]:
        assert ask(lab, RUNS, Cookie=cookie, Origin=origin)[0].status == status, origin
    assert len(instance.heard) == 2


def test_no_instance_leads_nginx_elsewhere(lab: Edge) -> None:
    cookie, _ = enter(lab, RUNS)
    reply, body = ask(lab, RUNS, "/elsewhere", Cookie=cookie)
    assert (reply.status, body) == (200, b"hello")
    assert "X-Livewall-Upstream" not in reply.headers


def test_without_a_ticket_everybody_is_sent_to_the_wall(lab: Edge, instance: Instance) -> None:
    instance.heard.clear()
    cookie, _ = enter(lab, RUNS)
    forged = f"{COOKIE}=1.99999999999.{'0' * 64}"
    for number, sent in [(RUNS, {}), (RUNS, {"Cookie": forged}), (SLEEPS, {"Cookie": cookie})]:
        reply, _ = ask(lab, number, "/a?b=c", **sent)
        assert reply.status == 302
        way = urlsplit(reply.headers["Location"])
        assert f"{way.scheme}://{way.netloc}{way.path}" == f"{lab.url}/branch-builds/{number}/connect"
        assert parse_qs(way.query) == {"to": ["/a?b=c"]}
    assert instance.heard == []
    status, _, _ = lab.request("GET", f"/branch-builds/{RUNS}/connect", scope=None)
    assert status == 401, "and the wall asks who they are"


def test_a_ticket_of_another_kind_or_instance_lets_nobody_in(lab: Edge) -> None:
    _, _, headers = lab.request("GET", f"/branch-builds/{RUNS}/connect")
    ticket = parse_qs(urlsplit(headers["location"]).query)["ticket"][0]
    assert ask(lab, RUNS, Cookie=f"{COOKIE}={ticket}")[0].status == 302
    reply, _ = ask(lab, SLEEPS, f"/.livewall/enter?ticket={ticket}&to=/")
    assert "Set-Cookie" not in reply.headers and reply.headers["Location"].startswith(lab.url)


def test_one_that_sleeps_or_is_unknown_leads_to_the_page_that_says_so(lab: Edge) -> None:
    status, _, headers = lab.request("GET", f"/branch-builds/{SLEEPS}/connect")
    assert (status, headers["location"]) == (303, f"/branch-builds/{SLEEPS}#instance")
    assert lab.request("GET", "/branch-builds/4711/connect")[0] == 404
    assert ask(lab, 4711)[0].headers["Location"].startswith(f"{lab.url}/branch-builds/4711/connect")


def test_no_agent_leads_to_the_wall_itself(lab: Edge) -> None:
    cookie, _ = enter(lab, IS_THE_WALLS)
    reply, _ = ask(lab, IS_THE_WALLS, "/api/v1/setups", Cookie=cookie)
    assert (reply.status, reply.headers["Location"]) == (302, f"{lab.url}/branch-builds/{IS_THE_WALLS}#instance")


def test_one_that_does_not_answer_is_said(lab: Edge) -> None:
    cookie, _ = enter(lab, IS_DEAD)
    reply, body = ask(lab, IS_DEAD, Cookie=cookie)
    assert (reply.status, f"{lab.url}/branch-builds/{IS_DEAD}" in body.decode()) == (503, True)
    assert ask(lab, "nobody")[0].status != 200


def test_what_is_upgraded_is_passed_on(lab: Edge) -> None:
    cookie, _ = enter(lab, RUNS)
    context = lab.certificates.trusting()
    context.check_hostname = False
    with (
        socket.create_connection(("127.0.0.1", lab.nginx.port), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=f"{RUNS}.{NAME}") as line,
    ):
        head = (
            f"GET /ws HTTP/1.1\r\nHost: {RUNS}.{NAME}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: {cookie}"
        )
        line.sendall(f"{head}\r\n\r\n".encode())
        said = b""
        while b"\r\n\r\n" not in said:
            piece = line.recv(1000)
            assert piece, said
            said += piece
        assert said.startswith(b"HTTP/1.1 101")
        line.sendall(b"hello")
        while not said.endswith(b"hello"):
            piece = line.recv(1000)
            assert piece, said
            said += piece


def test_use_is_noted_and_an_ended_token_lets_nobody_in(lab: Edge) -> None:
    database = Database(lab.dashboard.database_url)
    token = TokenStore(database).create("of a guest", "read")
    database.close()
    with psycopg.connect(lab.dashboard.database_url) as connection:
        connection.execute("UPDATE branch_instance SET last_used_at = now() - interval '1 day'")
        connection.commit()
        cookie, _ = wait_for(lambda: enter(lab, RUNS, token=token), what="the new token to be known")

        def used() -> Any:
            query = "SELECT last_used_at > now() - interval '1 hour' FROM branch_instance WHERE number = %s"
            found = connection.execute(query, [RUNS]).fetchone()
            connection.commit()
            return found and found[0]

        def comes() -> bool:
            ask(lab, RUNS, Cookie=cookie)
            return bool(used())

        wait_for(comes, what="its use to be noted")
        connection.execute("UPDATE token SET revoked_at = now() WHERE name = 'of a guest'")
        connection.commit()
        wait_for(lambda: ask(lab, RUNS, Cookie=cookie)[0].status == 302, what="the ticket to be good no more")
