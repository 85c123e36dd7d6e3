"""The guard in front of every route: who gets in with what."""

from __future__ import annotations

import pytest

from livewall_dashboard.access.browser_login import COOKIE, TOKEN_COOKIE
from livewall_dashboard.access.guard import WITH_CRUMB, Policy, scope
from livewall_dashboard.access.rate_limits import WRONG_TOKENS, Limits
from livewall_dashboard.access.tokens import GRANTS
from support.access_lab import (
    CLOSED,
    INSECURE,
    LOOPBACK_CLOSED,
    OPEN,
    app_with,
    bearer,
    client_of,
)

pytestmark = pytest.mark.any_python


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


@pytest.mark.parametrize(
    ("policy", "given", "told"),
    [
        (OPEN, {}, "True"),
        (OPEN, {"Origin": "http://localhost"}, "True"),
        (OPEN, {"Origin": "http://evil.example"}, "forbidden"),
        (OPEN, {"Sec-Fetch-Site": "cross-site"}, "forbidden"),
        (INSECURE, {}, "True"),
        (INSECURE, {"Origin": "http://evil.example"}, "forbidden"),
        (CLOSED, {}, "not_authenticated"),
        (CLOSED, {"Origin": "http://localhost"}, "not_authenticated"),
        (CLOSED, {"Cookie": f"{COOKIE}=lws_unknown"}, "not_authenticated"),
        (CLOSED, {"Cookie": f"{TOKEN_COOKIE}=lw_read", "Origin": "http://evil.example"}, "forbidden"),
        (CLOSED, {"Cookie": f"{TOKEN_COOKIE}=lw_ingest"}, "not_authenticated"),
        (CLOSED, bearer("read"), "True"),
        (CLOSED, bearer("upload"), "not_authenticated"),
    ],
)
def test_the_socket_asks_for_the_same(policy: Policy, given: dict[str, str], told: str) -> None:
    client = app_with(policy).test_client(use_cookies=False)
    assert client.get("/socket", headers=given).text == told


def test_an_unknown_scope_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="reed"):
        scope("reed")


@pytest.mark.parametrize(
    ("shown", "key", "status", "name"),
    [
        (None, "lw_upload", 200, "upload"),
        (None, "lw_ingest", 200, "ingest"),
        (None, "lw_read", 403, None),
        (None, "lw_unknown", 401, None),
        (None, "", 401, None),
        ("upload", "lw_unknown", 200, "upload"),
        ("read", "lw_upload", 403, None),
        ("unknown", "lw_upload", 401, None),
    ],
)
def test_a_token_in_the_body_opens_a_route_that_reads_it_there_unless_a_header_shows_one(
    shown: str | None, key: str, status: int, name: str | None
) -> None:
    reply = client_of(CLOSED).put("/api/keyed", data=key, headers=bearer(shown) if shown else {})
    assert reply.status_code == status
    assert name is None or reply.text == name


@pytest.mark.parametrize("key", ["lw_read", "an old key of another program", ""])
def test_an_open_wall_does_not_look_at_a_key_in_the_body(key: str) -> None:
    assert client_of(OPEN).put("/api/keyed", data=key).text == "nobody"


def test_wrong_keys_in_bodies_count_as_wrong_tokens() -> None:
    client = app_with(CLOSED, Limits(clock=lambda: 0.0)).test_client()
    answers = [client.put("/api/keyed", data="lw_unknown").status_code for _ in range(WRONG_TOKENS.burst + 1)]
    assert answers == [401] * WRONG_TOKENS.burst + [429]


@pytest.mark.parametrize("policy", [OPEN, CLOSED])
def test_what_admits_somebody_is_asked_again_until_he_signs_out(policy: Policy) -> None:
    client = client_of(policy)
    if policy is CLOSED:
        assert client.post("/login", data={"token": "lw_read"}).status_code == 303
    by_cookie = client.get("/admission").text
    by_token = client.get("/admission", headers=bearer("read")).text
    assert [client.get(f"/admits/{each}").text for each in (by_cookie, by_token)] == ["True", "True"]
    client.post("/logout")
    still = client.get(f"/admits/{by_cookie}").text, client.get(f"/admits/{by_token}").text
    assert still == (("True", "True") if policy is OPEN else ("False", "True"))
    assert "lw_" not in by_cookie + by_token and "lws_" not in by_cookie
