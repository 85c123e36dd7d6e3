"""What a browser can be made to do by pages of other sites and other names of the wall: nothing."""

from __future__ import annotations

import pytest

from livewall_dashboard.access.guard import Policy
from livewall_dashboard.access.origins import is_loopback
from support.access_lab import (
    CLOSED,
    INSECURE,
    LOOPBACK_CLOSED,
    OPEN,
    bearer,
    client_of,
)


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
    client = client_of(policy)
    assert client.put("/api/ingest", headers={**bearer("ingest"), **from_elsewhere}).status_code == 403
    for path in ("/login", "/logout"):
        reply = client.post(path, data={"token": "lw_read"}, headers=from_elsewhere)
        assert reply.status_code == 403
        assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize("origin", ["http://localhost", "https://localhost", "http://localhost:80"])
def test_a_page_of_the_wall_itself_is_no_stranger(origin: str) -> None:
    assert client_of(OPEN).put("/api/ingest", headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "10.0.2.2.evil.example", "[", ""]
)
def test_an_open_loopback_wall_answers_to_no_name_that_others_can_point_at_it(host: str) -> None:
    client = client_of(OPEN)
    assert client.get("/", headers={"Host": host}).status_code in (400, 403)
    assert client.get("/public", headers={"Host": host}).status_code in (400, 403)
    assert client.get("/socket", headers={"Host": host}).text != "True"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "127.0.0.1:8000",
        "127.1.2.3",
        "[::1]:8000",
        "a.localhost",
        "10.0.2.2:8000",
        "[fec0::2]",
    ],
)
def test_loopback_names_and_addresses_are_welcome(host: str) -> None:
    assert client_of(OPEN).get("/", headers={"Host": host}).status_code == 200


def test_another_name_can_be_allowed_to_an_open_loopback_wall() -> None:
    client = client_of(Policy(hosts=frozenset({"wall.lab"})))
    assert client.get("/", headers={"Host": "wall.lab"}).status_code == 200


@pytest.mark.parametrize("policy", [CLOSED, INSECURE, LOOPBACK_CLOSED])
def test_other_walls_answer_to_any_name(policy: Policy) -> None:
    reply = client_of(policy).get("/", headers={"Host": "wall.example", **bearer("read")})
    assert reply.status_code == 200


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
