"""The guard in front of every route: who gets in with what, and what a browser can be made to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import pytest
from flask import Flask
from flask.testing import FlaskClient

from livewall_dashboard.auth import COOKIE, WITH_CRUMB, Guard, Policy, caller, is_loopback, public, scope
from livewall_dashboard.tokens import GRANTS, Token, hash_of
from livewall_dashboard.web import errors, headers

pytestmark = pytest.mark.unit

OPEN = Policy()
CLOSED = Policy(host="0.0.0.0")
LOOPBACK_CLOSED = Policy(require_tokens=True)
INSECURE = Policy(host="0.0.0.0", insecure=True)


class MemoryTokens:
    """One token a scope, named after it: `lw_read`, `lw_ingest`, ..."""

    def find(self, text: str) -> Token | None:
        name = text.removeprefix("lw_")
        if name not in GRANTS or name == text:
            return None
        return Token(1, name, name, hash_of(text), datetime.now(timezone.utc), None, None)


def view(needed: str) -> Callable[[], str]:
    @scope(needed)
    def name_of_caller() -> str:
        token = caller()
        return token.name if token else "nobody"

    return name_of_caller


def app_with(policy: Policy) -> Flask:
    app = Flask("livewall_dashboard")
    errors.install(app)
    headers.install(app)
    guard = Guard(policy, MemoryTokens())
    guard.install(app)

    for name in GRANTS:
        app.add_url_rule(f"/api/{name}", name, view(name), methods=["GET", "PUT"])
    app.add_url_rule("/public", "public", public(lambda: "hello"))
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    app.add_url_rule("/", "wall", scope("read")(lambda: "wall"))
    app.add_url_rule("/socket", "socket", public(lambda: str(guard.allows_socket())))
    return app


def client_of(policy: Policy) -> FlaskClient:
    return app_with(policy).test_client()


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer lw_{name}"}


@pytest.mark.parametrize("policy", [CLOSED, LOOPBACK_CLOSED])
@pytest.mark.parametrize("route", GRANTS)
@pytest.mark.parametrize("token", [*GRANTS, "unknown", None])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_only_a_token_of_the_right_scope_opens_a_route(
    policy: Policy, route: str, token: str | None, method: str
) -> None:
    reply = client_of(policy).open(f"/api/{route}", method=method, headers=bearer(token) if token else {})
    known = token in GRANTS
    expected = 401 if not known else 200 if route in GRANTS[str(token)] else 403
    assert reply.status_code == expected
    if expected == 200:
        assert reply.text == token
    else:
        assert reply.json is not None
        assert set(reply.json["error"]) == {"code", "message", "detail"}


@pytest.mark.parametrize("policy", [OPEN, INSECURE])
@pytest.mark.parametrize("route", sorted(GRANTS.keys() - WITH_CRUMB))
def test_an_open_wall_asks_for_no_token(policy: Policy, route: str) -> None:
    assert client_of(policy).put(f"/api/{route}").text == "nobody"


@pytest.mark.parametrize("policy", [OPEN, INSECURE, CLOSED])
def test_a_route_nobody_marked_is_closed_to_everyone(policy: Policy) -> None:
    for headers_ in ({}, *map(bearer, GRANTS)):
        reply = client_of(policy).get("/forgotten", headers=headers_)
        assert reply.status_code == 403
        assert "secret" not in reply.text


def test_a_public_route_needs_no_token() -> None:
    assert client_of(CLOSED).get("/public").text == "hello"


def test_an_unknown_address_is_404_with_or_without_token() -> None:
    assert client_of(CLOSED).get("/api/nothing").status_code == 404
    assert client_of(CLOSED).delete("/api/read").status_code == 405


@pytest.mark.parametrize("value", ["Basic lw_read", "Bearer", "Bearer ", "lw_read", "Bearer lw_read x", "Bearer \xff"])
def test_a_malformed_authorization_is_401(value: str) -> None:
    assert client_of(CLOSED).get("/api/read", headers={"Authorization": value}).status_code == 401


def test_a_token_in_the_address_becomes_a_cookie_and_leaves_the_address() -> None:
    client = client_of(CLOSED)
    reply = client.get("/?view=table&token=lw_read&group=a%26b")
    assert (reply.status_code, reply.location) == (303, "/?view=table&group=a%26b")
    cookie = reply.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert client.get("/").text == "wall"
    assert client.get("/api/read").text == "read"


def test_the_cookie_is_secure_behind_https() -> None:
    reply = client_of(CLOSED).get("/?token=lw_read", base_url="https://localhost")
    assert "Secure" in reply.headers["Set-Cookie"]


@pytest.mark.parametrize("token", ["lw_upload", "lw_nothing", ""])
def test_a_token_that_may_not_read_sets_no_cookie(token: str) -> None:
    reply = client_of(CLOSED).get(f"/?token={token}")
    assert reply.status_code == 401
    assert "Set-Cookie" not in reply.headers


def test_an_open_wall_keeps_no_token_it_is_given() -> None:
    reply = client_of(OPEN).get("/?token=lw_read")
    assert (reply.status_code, reply.location) == (303, "/")
    assert "Set-Cookie" not in reply.headers


def test_the_redirect_stays_on_this_host() -> None:
    reply = client_of(CLOSED).get("//evil.example/..//?token=lw_read")
    assert not (reply.location or "/").startswith("//")


@pytest.mark.parametrize("name", ["ingest", "upload", "admin"])
def test_a_cookie_never_opens_more_than_reading(name: str) -> None:
    client = client_of(CLOSED)
    client.set_cookie(COOKIE, f"lw_{name}")
    assert client.put(f"/api/{name}").status_code == 401


@pytest.mark.parametrize("policy", [OPEN, CLOSED, INSECURE])
@pytest.mark.parametrize(
    "from_elsewhere",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing(policy: Policy, from_elsewhere: dict[str, str]) -> None:
    reply = client_of(policy).put("/api/ingest", headers={**bearer("ingest"), **from_elsewhere})
    assert reply.status_code == 403


@pytest.mark.parametrize("origin", ["http://localhost", "https://localhost", "http://localhost:80"])
def test_a_page_of_the_wall_itself_is_no_stranger(origin: str) -> None:
    assert client_of(OPEN).put("/api/ingest", headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "10.0.0.1", "[", ""])
def test_an_open_loopback_wall_answers_to_loopback_names_only(host: str) -> None:
    client = client_of(OPEN)
    assert client.get("/", headers={"Host": host}).status_code in (400, 403)
    assert client.get("/public", headers={"Host": host}).status_code in (400, 403)
    assert client.get("/socket", headers={"Host": host}).text != "True"


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:8000", "127.1.2.3", "[::1]:8000", "a.localhost"]
)
def test_loopback_names_are_welcome(host: str) -> None:
    assert client_of(OPEN).get("/", headers={"Host": host}).status_code == 200


def test_another_name_can_be_allowed_to_an_open_loopback_wall() -> None:
    client = client_of(Policy(hosts=frozenset({"wall.lab"})))
    assert client.get("/", headers={"Host": "wall.lab"}).status_code == 200


@pytest.mark.parametrize("policy", [CLOSED, INSECURE, LOOPBACK_CLOSED])
def test_other_walls_answer_to_any_name(policy: Policy) -> None:
    reply = client_of(policy).get("/", headers={"Host": "wall.example", **bearer("read")})
    assert reply.status_code == 200


@pytest.mark.parametrize(
    ("policy", "given", "allowed"),
    [
        (OPEN, {}, True),
        (OPEN, {"Origin": "http://localhost"}, True),
        (OPEN, {"Origin": "http://evil.example"}, False),
        (OPEN, {"Sec-Fetch-Site": "cross-site"}, False),
        (INSECURE, {}, True),
        (INSECURE, {"Origin": "http://evil.example"}, False),
        (CLOSED, {}, False),
        (CLOSED, {"Origin": "http://localhost"}, False),
        (CLOSED, {"Cookie": f"{COOKIE}=lw_read"}, True),
        (CLOSED, {"Cookie": f"{COOKIE}=lw_read", "Origin": "http://evil.example"}, False),
        (CLOSED, {"Cookie": f"{COOKIE}=lw_ingest"}, False),
        (CLOSED, bearer("read"), True),
        (CLOSED, bearer("upload"), False),
    ],
)
def test_the_socket_asks_for_the_same(policy: Policy, given: dict[str, str], allowed: bool) -> None:
    client = app_with(policy).test_client(use_cookies=False)
    assert client.get("/socket", headers=given).text == str(allowed)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("wall.example", False),
        ("", False),
        ("localhost.evil.example", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_an_unknown_scope_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="reed"):
        scope("reed")
