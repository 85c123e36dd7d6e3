"""Who gets to an instance, and where instances may be."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from livewall_dashboard.base.settings import Settings
from livewall_dashboard.branches.build_tickets import ENTER, STAY, BuildTickets
from livewall_dashboard.branches.connect_routes import _path
from livewall_dashboard.branches.instance_address import address_of, agents_host, upstream_of
from livewall_dashboard.lab.model import InstanceAccess, Lab


def row(host: str = "10.0.0.7", port: Any = 40000, state: str = "running", *, is_away: bool = False) -> dict[str, Any]:
    return {"number": 7, "host": host, "port": port, "state": state, "is_away": is_away}


def test_a_ticket_is_for_one_purpose_instance_and_time() -> None:
    now, good = [1000.0], {"token-3"}
    tickets = BuildTickets(good.__contains__, lambda: now[0])
    enter, stay = tickets.issue(ENTER, 7, "token-3"), tickets.issue(STAY, 7, "token-3")
    assert tickets.admission_of(ENTER, 7, [enter]) == "token-3"
    assert tickets.admission_of(STAY, 7, ["", "x", "a.b.c", "\N{SNOWMAN}.1.2", stay]) == "token-3"
    assert tickets.admission_of(STAY, 7, [enter]) is None
    assert tickets.admission_of(STAY, 8, [stay]) is None
    assert tickets.admission_of(STAY, 7, [stay.replace("3", "4", 1), stay[:-1], stay + "0"]) is None
    assert BuildTickets(good.__contains__, lambda: now[0]).admission_of(STAY, 7, [stay]) is None
    now[0] += 61
    assert tickets.admission_of(ENTER, 7, [enter]) is None
    assert tickets.admission_of(STAY, 7, [stay]) == "token-3"
    good.clear()
    assert tickets.admission_of(STAY, 7, [stay]) is None


@pytest.mark.parametrize(
    ("instance", "upstream"),
    [
        (row(), "10.0.0.7:40000"),
        (row("::1"), "[::1]:40000"),
        (row("127.0.0.1"), "127.0.0.1:40000"),
        (row("127.0.0.1", 8000), None),
        (row("127.0.0.2", 8000), None),
        (row("10.0.0.7", 8000), "10.0.0.7:8000"),
        (row(port=22), None),
        (row(port=None), None),
        (row("rig.example"), None),
        (row(""), None),
        (row(state="starting"), None),
        (row(is_away=True), None),
    ],
)
def test_where_nginx_is_led(instance: dict[str, Any], upstream: str | None) -> None:
    assert upstream_of(instance, Settings(port=8000)) == upstream


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ("", "10.0.0.7"),
        ("10.0.0.7", "10.0.0.7"),
        ("10.1.2.3", "10.1.2.3"),
        ("169.254.169.254", "10.0.0.7"),
        ("127.0.0.1", "10.0.0.7"),
        ("localhost", "10.0.0.7"),
        ("no such name.", "10.0.0.7"),
        ("::1", "10.0.0.7"),
    ],
)
def test_an_agent_is_where_it_calls_from_or_where_it_may_be(said: str, host: str) -> None:
    assert agents_host(said, "10.0.0.7", [ip_network("10.1.0.0/16")]) == host


def test_what_people_get() -> None:
    by_name = Lab.of([], url="https://wall.example", instances=InstanceAccess("instances.example:8443"))
    assert address_of(Settings(), lambda: by_name)(row()) == "https://7.instances.example:8443/"
    assert address_of(Settings(), lambda: by_name)(row(state="stopped")) is None
    assert address_of(Settings(), Lab)(row()) == "http://10.0.0.7:40000/"
    assert address_of(Settings(host="0.0.0.0"), Lab)(row()) is None


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/a?b=c", "/a?b=c"),
        ("//evil.example", "/evil.example"),
        ("/\\evil.example", "/evil.example"),
        ("https://evil.example", "/https://evil.example"),
        ("", "/"),
        ("/\r\nSet-Cookie: x", "/%0D%0ASet-Cookie:%20x"),
    ],
)
def test_a_path_leads_nowhere_else(asked: str, path: str) -> None:
    assert _path(asked) == path
