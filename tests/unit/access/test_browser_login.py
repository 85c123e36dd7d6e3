"""How a browser signs in and out, and what its session opens."""

from __future__ import annotations

import pytest

from livewall_dashboard.access.browser_login import COOKIE, TOKEN_COOKIE
from livewall_dashboard.access.tokens import GRANTS
from support.access_lab import (
    CLOSED,
    OPEN,
    bearer,
    client_of,
    signed_in,
)


def test_a_browser_shows_its_token_once_and_keeps_a_session() -> None:
    client = client_of(CLOSED)
    reply = client.post("/login", data={"token": " lw_read\n", "next": "/?view=table&group=a%26b"})
    assert (reply.status_code, reply.location) == (303, "/?view=table&group=a%26b")
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=lws_")
    assert "lw_read" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert client.get("/").text == "wall"
    assert client.get("/api/read").text == "read"


def test_the_cookie_is_secure_behind_https() -> None:
    reply = client_of(CLOSED).post("/login", data={"token": "lw_read"}, base_url="https://localhost")
    assert "Secure" in reply.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "address", ["/?view=table&token=lw_read&group=a%26b", "/?token=lw_read&view=table&group=a%26b"]
)
def test_a_token_in_the_address_is_led_behind_a_hash_and_changes_nothing(address: str) -> None:
    reply = client_of(CLOSED).get(address)
    assert reply.status_code == 303
    assert reply.location == "/login?next=%2F%3Fview%3Dtable%26group%3Da%2526b#lw_read"
    assert "Set-Cookie" not in reply.headers


def test_a_browser_without_a_session_is_led_to_the_login_page_and_a_program_is_told() -> None:
    page = {"Accept": "text/html,application/xhtml+xml"}
    client = client_of(CLOSED)
    reply = client.get("/?view=table", headers=page)
    assert (reply.status_code, reply.location) == (303, "/login?next=%2F%3Fview%3Dtable")
    assert client.get("/", headers={**page, **bearer("nothing")}).status_code == 401
    assert client.get("/").status_code == 401
    assert client.get("/api/read", headers=page).status_code == 401
    assert client.get("/login").status_code == 200


def test_a_token_that_an_older_wall_left_in_the_browser_is_exchanged() -> None:
    client = client_of(CLOSED)
    client.set_cookie(TOKEN_COOKIE, "lw_read")
    assert client.get("/api/read").text == "read"
    assert client.get("/socket").text == "True"
    reply = client.get("/runs", headers={"Accept": "text/html"})
    assert reply.location == "/login?next=%2Fruns#lw_read"
    client.post("/login", data={"token": "lw_read"})
    assert client.get_cookie(TOKEN_COOKIE) is None
    assert client.get("/runs", headers={"Accept": "text/html"}).text == "runs"


@pytest.mark.parametrize(
    ("token", "status"), [("lw_upload", 403), ("lw_nothing", 401), ("", 401), ("lw_read\0", 401), ("\ud800", 401)]
)
def test_a_token_that_may_not_read_signs_nobody_in(token: str, status: int) -> None:
    reply = client_of(CLOSED).post("/login", data={"token": token.encode("utf-8", "surrogatepass")})
    assert reply.status_code == status
    assert "Set-Cookie" not in reply.headers
    assert "<form" in reply.text
    assert reply.headers["Cache-Control"] == "no-store"


def test_an_open_wall_keeps_no_token_it_is_given() -> None:
    client = client_of(OPEN)
    for reply in (client.get("/?token=lw_read"), client.post("/login", data={"token": "lw_read"})):
        assert (reply.status_code, reply.location) == (303, "/")
        assert "Set-Cookie" not in reply.headers
    # Else the page would find the token behind its # again, and go in a circle.
    assert client.get("/login?next=/runs").location == "/runs#open"


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil.example", "/\t/evil.example", "javascript:x",
     "", "/login", "/logout", "/\nX: y", "/ü"],
)  # fmt: skip
def test_signing_in_leads_to_this_host_alone(wanted: str) -> None:
    for policy in (CLOSED, OPEN):
        reply = client_of(policy).post("/login", data={"token": "lw_read", "next": wanted})
        assert reply.location == "/"
    assert f'value="{wanted}"' not in client_of(CLOSED).get("/login", query_string={"next": wanted}).text or not wanted


def test_the_redirect_stays_on_this_host() -> None:
    for headers_ in ({}, {"Accept": "text/html"}):
        reply = client_of(CLOSED).get("//evil.example/..//?token=lw_read", headers=headers_)
        assert not (reply.location or "/").startswith("//")
        assert "next=%2F%2F" not in (reply.location or "")


def test_signing_out_ends_the_session_for_whoever_has_its_cookie() -> None:
    client = signed_in(CLOSED, "read")
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert client.post("/logout").location == "/login"
    assert client.get_cookie(COOKIE) is None
    client.set_cookie(COOKIE, cookie.value)
    assert client.get("/api/read").status_code == 401
    assert client.get("/socket").text == "not_authenticated"


def test_signing_in_anew_ends_the_session_before() -> None:
    client = signed_in(CLOSED, "read")
    before = client.get_cookie(COOKIE)
    assert before is not None
    client.post("/login", data={"token": "lw_builds"})
    assert client.get("/api/read").text == "builds"
    client.set_cookie(COOKIE, before.value)
    assert client.get("/api/read").status_code == 401


@pytest.mark.parametrize("name", sorted(GRANTS.keys() - {"read", "builds"}))
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_cookie_never_opens_more_than_reading(name: str, method: str) -> None:
    for client in (signed_in(CLOSED, "read"), signed_in(CLOSED, "builds"), client_of(CLOSED)):
        if client.get_cookie(COOKIE) is None:
            client.set_cookie(TOKEN_COOKIE, f"lw_{name}")
        assert client.open(f"/api/{name}", method=method).status_code in (401, 403)


def test_the_socket_of_a_signed_in_browser() -> None:
    client = signed_in(CLOSED, "read")
    assert client.get("/socket").text == "True"
    assert client.get("/socket", headers={"Origin": "http://evil.example"}).text == "forbidden"
