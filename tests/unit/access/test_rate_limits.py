"""Who calls too often is put off, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.access.browser_login import COOKIE, TOKEN_COOKIE
from livewall_dashboard.access.guard import Guard, Policy, scope
from livewall_dashboard.access.proxies import TrustedProxies
from livewall_dashboard.access.rate_limits import SIGN_INS, Limit, Limits
from support.access_lab import (
    CLOSED,
    INSECURE,
    OPEN,
    MemoryTokens,
    app_with,
    bearer,
)


class Clock:
    """A clock the test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_wrong_logins_are_counted_told_without_the_token_and_limited(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    app = app_with(CLOSED, Limits(clock))
    client = app.test_client()
    statuses = [client.post("/login", data={"token": "lw_a5ecret"}).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    reply = client.post("/login", data={"token": "lw_a5ecret"})
    assert int(reply.headers["Retry-After"]) == 5
    assert "Come back in 5 s" in reply.text
    assert "a5ecret" not in caplog.text + reply.text
    assert len(caplog.records) == 1, "one word a minute"
    assert "127.0.0.1 shows a token that is unknown" in caplog.text
    others = {"REMOTE_ADDR": "10.0.0.9"}
    assert client.post("/login", data={"token": "lw_no"}, environ_base=others).status_code == 401
    assert client.post("/login", data={"token": "lw_read"}).status_code == 303, "a right one is let in at any time"
    clock.now += 5
    assert client.post("/login", data={"token": "lw_no"}).status_code == 401
    assert client.post("/login", data={"token": "lw_no"}).status_code == 429
    clock.now += 60
    client.post("/login", data={"token": "lw_no"})
    assert len(caplog.records) == 3


def test_tokens_that_are_no_good_are_counted_wherever_they_are_shown() -> None:
    app = app_with(CLOSED)
    guard: Guard = app.before_request_funcs[None][0].__self__  # type: ignore[attr-defined]
    client = app.test_client()
    client.get("/api/read", headers=bearer("nothing"))
    client.get("/socket", headers=bearer("nothing"))
    client.post("/login", data={"token": "nothing"})
    assert guard.failed_logins == 3
    client.get("/api/read", headers=bearer("read"))
    client.get("/api/read")
    client.get("/api/ingest", headers=bearer("read"))
    assert guard.failed_logins == 3


FEW = Limit("calls", 1, 2)


EACH = Limit("calls about one run", 1, 2, each_run=True)


def limited(policy: Policy) -> tuple[FlaskClient, Clock]:
    clock = Clock()
    app = app_with(policy, Limits(clock))
    app.add_url_rule("/api/few", "few", scope("read", FEW)(lambda: "few"))
    app.add_url_rule("/api/runs/<run_id>", "each", scope("ingest", EACH)(lambda run_id: run_id), methods=["PUT"])
    return app.test_client(), clock


def test_who_calls_too_often_is_put_off_and_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    client, clock = limited(CLOSED)
    mine, other = bearer("read"), bearer("builds")
    assert [client.get("/api/few", headers=mine).status_code for _ in range(4)] == [200, 200, 429, 429]
    reply = client.get("/api/few", headers=mine)
    assert reply.headers["Retry-After"] == "1"
    assert reply.json is not None
    assert reply.json["error"]["code"] == "too_many_requests"
    assert "127.0.0.1 is put off" in caplog.text
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    assert client.get("/api/few", headers=mine, environ_base=elsewhere).status_code == 200
    clock.now += 1
    assert [client.get("/api/few", headers=mine).status_code for _ in range(2)] == [200, 429]
    MemoryTokens.ids = {"builds": 2}
    try:
        assert client.get("/api/few", headers=other).status_code == 200
    finally:
        MemoryTokens.ids = {}


@pytest.mark.parametrize("policy", [OPEN, CLOSED])
def test_one_run_that_floods_leaves_the_others_of_its_node(policy: Policy) -> None:
    client, _ = limited(policy)
    statuses = [client.put("/api/runs/a", headers=bearer("ingest")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.put("/api/runs/b", headers=bearer("ingest")).status_code == 200


MADE_UP: dict[str, Callable[[int], dict[str, str]]] = {
    "a session beside a token": lambda n: {**bearer("read"), "Cookie": f"{COOKIE}=lws_{n}"},
    "a session before the kept token": lambda n: {"Cookie": f"{COOKIE}=lws_{n}; {TOKEN_COOKIE}=lw_read"},
    "a kept token beside a token": lambda n: {**bearer("read"), "Cookie": f"{TOKEN_COOKIE}=lw_{n}"},
    "a token before the kept one": lambda n: {"Authorization": f"Bearer lw_{n}", "Cookie": f"{TOKEN_COOKIE}=lw_read"},
    "a word before the kept one": lambda n: {"Authorization": f"Basic {n}", "Cookie": f"{TOKEN_COOKIE}=lw_read"},
    "another cookie": lambda n: {"Cookie": f"c{n}={n}; {TOKEN_COOKIE}=lw_read"},
    "the word of a proxy": lambda n: {**bearer("read"), "X-Forwarded-For": f"10.0.0.{n}", "X-Real-IP": f"10.0.0.{n}"},
    "another browser": lambda n: {**bearer("read"), "User-Agent": f"browser {n}"},
}


@pytest.mark.parametrize("policy", [CLOSED, INSECURE], ids=["closed", "open"])
@pytest.mark.parametrize("make_up", MADE_UP.values(), ids=MADE_UP)
def test_what_a_caller_makes_up_buys_nothing(policy: Policy, make_up: Callable[[int], dict[str, str]]) -> None:
    app = limited(policy)[0].application
    app.wsgi_app = TrustedProxies(app.wsgi_app, ())  # type: ignore[method-assign]
    client = app.test_client(use_cookies=False)  # it keeps none of its own, and sends those it is given
    assert [client.get("/api/few", headers=make_up(number)).status_code for number in range(3)] == [200, 200, 429]


def test_browsers_that_are_signed_in_are_counted_one_by_one() -> None:
    client, _ = limited(CLOSED)
    for _ in range(2):  # the second signs in anew
        client.post("/login", data={"token": "lw_read"})
        assert [client.get("/api/few").status_code for _ in range(3)] == [200, 200, 429]


def test_one_token_makes_no_sessions_without_end() -> None:
    client, clock = limited(CLOSED)
    statuses = {client.post("/login", data={"token": "lw_read"}).status_code for _ in range(SIGN_INS.burst)}
    assert statuses == {303}
    assert client.post("/login", data={"token": "lw_read"}).status_code == 429
    clock.now += 1
    assert client.post("/login", data={"token": "lw_read"}).status_code == 303


def test_addresses_that_are_one_callers_are_one() -> None:
    client, _ = limited(CLOSED)

    def ask(address: str) -> int:
        return client.get("/api/few", headers=bearer("read"), environ_base={"REMOTE_ADDR": address}).status_code

    assert [ask(f"2001:db8:0:1::{number}") for number in range(3)] == [200, 200, 429]
    assert ask("2001:db8:0:2::1") == 200
    assert [ask(f"::ffff:10.0.0.{number}") for number in range(3)] == [200, 200, 200]


def test_a_stranger_uses_up_nobodys_allowance() -> None:
    client, _ = limited(CLOSED)
    for _ in range(5):
        assert client.put("/api/runs/a", headers=bearer("nothing")).status_code == 401
    assert client.put("/api/runs/a", headers=bearer("ingest")).status_code == 200
