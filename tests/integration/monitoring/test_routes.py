"""What an administrator asks a running dashboard, and who is let in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from livewall_dashboard.access.browser_login import COOKIE
from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.version import VERSION
from livewall_dashboard.monitoring import routes as ops
from livewall_dashboard.monitoring.metrics import Metrics
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.screens.hub import NAMESPACE
from livewall_dashboard.web import headers
from support.reporter import Reporter, T, through_flask

pytestmark = pytest.mark.any_python


def samples(client: FlaskClient) -> dict[str, float]:
    text = client.get("/metrics").text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def new_token(database_url: str, name: str, scope: str) -> str:
    database = Database(database_url)
    database.open()
    try:
        return TokenStore(database).create(name, scope)
    finally:
        database.close()


def test_a_well_dashboard_says_so(client: FlaskClient) -> None:
    reply = client.get("/healthz")
    assert reply.status_code == 200
    assert reply.json is not None
    assert (reply.json["status"], reply.json["reasons"], reply.json["version"]) == ("ok", {}, VERSION)


def test_an_unwell_one_says_why() -> None:
    def broken() -> str | None:
        raise RuntimeError("password=hunter2")

    app = Flask("livewall_dashboard")
    checks = {"database": lambda: "Postgres does not answer.", "recorder": lambda: None, "jenkins": broken}
    app.register_blueprint(ops.blueprint(checks, Metrics("1"), version="1", started_at=utc_now()))
    reply = app.test_client().get("/healthz")
    assert reply.status_code == 503
    assert reply.json is not None
    assert reply.json["reasons"]["database"] == "Postgres does not answer."
    assert set(reply.json["reasons"]) == {"database", "jenkins"}
    assert "hunter2" not in reply.text
    assert app.test_client().get("/healthz?live").status_code == 200


def test_metrics_count_what_happens(client: FlaskClient, reporter: Reporter) -> None:
    before = samples(client)
    reporter.run([T("One"), T("Two")])
    after = samples(client)
    assert after["livewall_events_received_total"] - before["livewall_events_received_total"] == 5
    assert after["livewall_ack_seconds_count"] - before["livewall_ack_seconds_count"] == 4
    assert after["livewall_database_available"] == 1
    assert after[f'livewall_info{{version="{VERSION}"}}'] == 1
    assert after['livewall_responses_total{endpoint="ingest.put_run",status="200"}'] == 1


def test_a_closed_wall_lets_in_who_has_a_token(make_app: Callable[..., Dashboard], database_url: str) -> None:
    app = make_app(require_tokens=True)
    reading = new_token(database_url, "screen", "read")
    ingesting = new_token(database_url, "node", "ingest")
    client = app.flask.test_client()
    assert client.get("/api/v1/runs").status_code == 401
    assert client.get("/metrics").status_code == 401
    assert client.get("/healthz").status_code == 200
    assert client.get("/runs", headers={"Accept": "text/html"}).mimetype == "text/html"

    run = Reporter(through_flask(client), ingesting).run([T("One")])
    uploaded = client.put(
        f"/api/v1/runs/{run}/artifacts/log.html", data=b"x", headers={"Authorization": f"Bearer {ingesting}"}
    )
    assert uploaded.status_code == 201
    assert client.get(f"/api/v1/runs/{run}", headers={"Authorization": f"Bearer {ingesting}"}).status_code == 403

    assert client.post("/login", data={"token": reading}).status_code == 303
    assert client.get(f"/api/v1/runs/{run}").status_code == 200
    assert client.get(f"/runs/{run}/artifacts/log.html", buffered=True).data == b"x"
    assert client.put(f"/api/v1/runs/{run}", json={}).status_code == 401


EVERY_KIND = (
    "/", "/runs", "/healthz", "/metrics", "/nothing", "/api/v1/runs", "/api/v1/nothing", "/static/shared/base.css",
    "/static/nothing", "/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=9",
)  # fmt: skip


@pytest.mark.parametrize("closed", [False, True])
def test_every_answer_carries_the_security_headers(make_app: Callable[..., Dashboard], closed: bool) -> None:
    client = make_app(require_tokens=closed).flask.test_client()
    for path, method in product(EVERY_KIND, ("GET", "POST")):
        reply = client.open(path, method=method, buffered=True)
        assert {name: reply.headers.get(name) for name in headers.HEADERS} == headers.HEADERS, (method, path)


HANDSHAKES: dict[bool, list[tuple[dict[str, str], bool]]] = {
    False: [
        ({}, True),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Host": "evil.example"}, False),
    ],
    True: [
        ({}, False),
        ({"Origin": "http://localhost"}, False),
        ({"Authorization": "Bearer {token}"}, True),
        ({"Authorization": "Bearer {token}", "Origin": "http://evil.example"}, False),
        ({"Cookie": "livewall_token={token}", "Origin": "http://localhost"}, True),
        ({"Cookie": "livewall_session={session}", "Origin": "http://localhost"}, True),
        ({"Cookie": "livewall_session={session}", "Origin": "http://evil.example"}, False),
    ],
}
"""By whether the wall is closed: headers, and whether the screen is let in."""


@pytest.mark.parametrize("closed", [False, True])
def test_the_socket_lets_in_who_may_read(make_app: Callable[..., Dashboard], database_url: str, closed: bool) -> None:
    app = make_app(require_tokens=closed)
    token = new_token(database_url, "screen", "read")
    for sent, allowed in HANDSHAKES[closed]:
        browser = app.flask.test_client()
        browser.post("/login", data={"token": token})
        session = getattr(browser.get_cookie(COOKIE), "value", "")
        headers_ = {name: value.format(token=token, session=session) for name, value in sent.items()}
        screen = app._socketio.test_client(app.flask, namespace=NAMESPACE, headers=headers_)
        assert screen.is_connected(NAMESPACE) is allowed, sent
        names = [event["name"] for event in screen.get_received(NAMESPACE)] if allowed else []
        assert names == (["snapshot"] if allowed else []), sent


def test_a_handshake_under_a_strange_name_is_refused_in_words(client: FlaskClient) -> None:
    for host in ("evil.example", "[", "", "a b", "\xff", "localhost:x"):
        for query in ("EIO=4&transport=polling", "EIO=4&transport=websocket&sid=x", ""):
            reply = client.get(f"/socket.io/?{query}", headers={"Host": host})
            assert reply.status_code in (400, 403), host
            assert reply.json is None or set(reply.json["error"]) == {"code", "message", "detail"}
