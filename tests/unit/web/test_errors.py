"""What leaves the server when something is wrong."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from livewall_dashboard.base.errors import Gap, Unavailable
from livewall_dashboard.web import errors, headers

pytestmark = pytest.mark.unit

PATHS = ["/fine", "/gap", "/away", "/broken", "/nothing", "/body"]


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("livewall_dashboard")
    errors.install(app, {})
    headers.install(app)
    app.config["MAX_CONTENT_LENGTH"] = 10

    def gap() -> str:
        raise Gap("Events are missing.", detail={"expected_seq": 7})

    def away() -> str:
        raise Unavailable("The database is away.", headers={"Retry-After": "5"})

    def broken() -> str:
        raise RuntimeError("password=hunter2")

    def read_body() -> bytes:
        return request.get_data()

    for prefix in ("", "/api"):
        app.add_url_rule(f"{prefix}/fine", f"{prefix}fine", lambda: "fine")
        app.add_url_rule(f"{prefix}/gap", f"{prefix}gap", gap)
        app.add_url_rule(f"{prefix}/away", f"{prefix}away", away)
        app.add_url_rule(f"{prefix}/broken", f"{prefix}broken", broken)
        app.add_url_rule(f"{prefix}/body", f"{prefix}body", read_body, methods=["PUT"])
    return app.test_client()


def test_a_programs_error_has_the_shape_of_the_contract(client: FlaskClient) -> None:
    reply = client.get("/api/gap")
    assert reply.status_code == 416
    assert reply.json == {
        "expected_seq": 7,
        "error": {"code": "gap", "message": "Events are missing.", "detail": {"expected_seq": 7}},
    }


def test_headers_of_an_error_go_along(client: FlaskClient) -> None:
    reply = client.get("/api/away")
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("POST", "/api/fine", 405, "method_not_allowed"),
        ("PUT", "/api/body", 413, "too_large"),
    ],
)
def test_what_flask_refuses_is_said_in_the_same_way(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    reply = client.open(path, method=method, data=b"x" * 11)
    assert reply.status_code == status
    assert reply.json is not None
    assert reply.json["error"]["code"] == code


def test_a_refused_method_names_the_ones_allowed(client: FlaskClient) -> None:
    assert "GET" in client.post("/api/fine").headers["Allow"]


@pytest.mark.parametrize("path", ["/api/broken", "/broken"])
def test_a_fault_of_ours_shows_a_reference_and_nothing_else(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.ERROR):
        reply = client.get(path, headers={"Accept": "text/html"})
    assert reply.status_code == 500
    assert "hunter2" not in reply.text
    assert "Traceback" not in reply.text
    reference = caplog.records[0].args[0]  # type: ignore[index]
    assert str(reference) in reply.text


def test_people_get_a_page(client: FlaskClient) -> None:
    reply = client.get("/nothing", headers={"Accept": "text/html"})
    assert reply.mimetype == "text/html"
    assert "There is nothing" in reply.text


def test_markup_in_an_address_stays_text(client: FlaskClient) -> None:
    reply = client.get("/<script>alert(1)</script>", headers={"Accept": "text/html"})
    assert reply.status_code == 404
    assert "<script>alert" not in reply.text


@pytest.mark.parametrize("prefix", ["", "/api"])
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_every_response_carries_the_security_headers(client: FlaskClient, prefix: str, path: str, method: str) -> None:
    reply = client.open(prefix + path, method=method, data=b"x" * 11 if method == "PUT" else None)
    for name, value in headers.HEADERS.items():
        assert reply.headers[name] == value
    assert "unsafe" not in reply.headers["Content-Security-Policy"]


def test_what_an_error_looks_like_is_said_by_the_beginning_of_the_address() -> None:
    app = Flask("livewall_dashboard")
    errors.install(app, {"/api": lambda error: {"short": error.code}})
    client = app.test_client()
    assert client.get("/api/nothing").json == {"short": "not_found"}
    contract = client.get("/api/v1/nothing").json
    assert contract is not None and set(contract["error"]) == {"code", "message", "detail"}
    assert client.get("/nothing", headers={"Accept": "text/html"}).mimetype == "text/html"
