"""The guard in front of every route: who gets in with what, and what a browser can be made to do."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient

from livewall_dashboard.access import routes
from livewall_dashboard.access.browser_login import COOKIE, TOKEN_COOKIE
from livewall_dashboard.access.guard import WITH_CRUMB, Guard, Policy, caller, public, scope
from livewall_dashboard.access.origins import is_loopback
from livewall_dashboard.access.proxies import TrustedProxies
from livewall_dashboard.access.rate_limits import SIGN_INS, Limit, Limits
from livewall_dashboard.access.tokens import GRANTS, Token, hash_of
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.web import errors, headers

pytestmark = pytest.mark.unit

OPEN = Policy()
CLOSED = Policy(host="0.0.0.0")
LOOPBACK_CLOSED = Policy(require_tokens=True)
INSECURE = Policy(host="0.0.0.0", insecure=True)


class MemoryTokens:
    """One token a scope, named after it: `lw_read`, `lw_ingest`, ..."""

    ids: ClassVar[dict[str, int]] = {}

    def find(self, text: str) -> Token | None:
        name = text.removeprefix("lw_")
        if name not in GRANTS or name == text:
            return None
        return Token(self.ids.get(name, 1), name, name, hash_of(text), datetime.now(timezone.utc), None, None)

    def is_good(self, token_id: int) -> bool:
        return True


class MemorySessions:
    def __init__(self) -> None:
        self.tokens: dict[str, Token] = {}

    def begin(self, token: Token) -> tuple[str, datetime]:
        text = f"lws_{uuid.uuid4().hex}"
        self.tokens[text] = token
        return text, datetime.now(timezone.utc) + timedelta(days=1)

    def find(self, text: str) -> Token | None:
        return self.tokens.get(text)

    def end(self, text: str) -> None:
        self.tokens.pop(text, None)


def view(needed: str) -> Callable[[], str]:
    @scope(needed)
    def name_of_caller() -> str:
        token = caller()
        return token.name if token else "nobody"

    return name_of_caller


def admitted(guard: Guard) -> str:
    """What a screen's handshake comes to."""
    try:
        return str(guard.admit_screen()())
    except LivewallError as error:
        return error.code


def app_with(policy: Policy, limits: Limits | None = None) -> Flask:
    app = Flask("livewall_dashboard")
    errors.install(app)
    headers.install(app)
    guard = Guard(policy, MemoryTokens(), MemorySessions(), limits)
    guard.install(app)
    app.register_blueprint(routes.blueprint(guard))

    for name in GRANTS:
        app.add_url_rule(f"/api/{name}", name, view(name), methods=["GET", "PUT"])
    app.add_url_rule("/public", "public", public(lambda: "hello"))
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    app.add_url_rule("/", "wall", scope("read")(lambda: "wall"))
    app.add_url_rule("/runs", "runs", scope("read")(lambda: "runs"))
    app.add_url_rule("/socket", "socket", public(lambda: admitted(guard)))
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


def signed_in(policy: Policy, scope: str, **options: Any) -> FlaskClient:
    client = client_of(policy)
    reply = client.post("/login", data={"token": f"lw_{scope}"}, **options)
    assert reply.status_code == 303
    return client


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


def test_the_socket_of_a_signed_in_browser() -> None:
    client = signed_in(CLOSED, "read")
    assert client.get("/socket").text == "True"
    assert client.get("/socket", headers={"Origin": "http://evil.example"}).text == "forbidden"


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
