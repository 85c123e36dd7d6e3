"""What a proxy says of its callers is believed from proxies alone."""

from __future__ import annotations

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from livewall_dashboard.access import proxies
from livewall_dashboard.base.errors import Misconfigured

pytestmark = pytest.mark.unit

SAID = {
    "X-Forwarded-For": "10.9.8.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "wall.lab.example",
    "X-Forwarded-Prefix": "/elsewhere",
    "Forwarded": "for=10.9.8.7;proto=https",
    "X-Real-IP": "10.9.8.7",
}


def client_of(trusted: str) -> FlaskClient:
    app = Flask("seen")

    @app.get("/")
    def seen() -> dict[str, object]:
        said = sorted(name for name in request.environ if name.startswith(("HTTP_X_", "HTTP_FORWARDED")))
        return {"address": request.remote_addr, "secure": request.is_secure, "host": request.host, "said": said}

    proxies.install(app, proxies.parse_proxies(trusted))
    return app.test_client()


def ask(trusted: str, address: str, **said: str) -> dict[str, object]:
    reply = client_of(trusted).get("/", headers=said or SAID, environ_base={"REMOTE_ADDR": address})
    seen: dict[str, object] = reply.get_json()
    return seen


@pytest.mark.parametrize(
    ("trusted", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1, 10.0.0.0/24", "10.0.0.77"),
        ("10.0.0.5/24", "10.0.0.1"),
        ("::1", "::1"),
        ("127.0.0.1", "::ffff:127.0.0.1"),
        ("127.0.0.1, unix", "unix"),
        ("unix,10.0.0.0/24", "10.0.0.1"),
    ],
)
def test_a_proxy_says_who_asks(trusted: str, address: str) -> None:
    seen = ask(trusted, address)
    assert (seen["address"], seen["secure"], seen["host"]) == ("10.9.8.7", True, "wall.lab.example")


@pytest.mark.parametrize(
    ("trusted", "address"),
    [
        ("", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.2"),
        ("10.0.0.0/24", "10.0.1.1"),
        ("127.0.0.1", ""),
        ("::1", "<x>"),
        ("127.0.0.1", "unix"),
    ],
)
def test_anybody_else_says_nothing(trusted: str, address: str) -> None:
    seen = ask(trusted, address)
    assert (seen["address"], seen["secure"], seen["host"]) == (address, False, "localhost")
    assert seen["said"] == [], "no part of the dashboard can come to believe it"


def test_of_what_a_caller_sent_through_the_proxy_the_proxys_own_word_counts() -> None:
    seen = ask("127.0.0.1", "127.0.0.1", **{"X-Forwarded-For": "1.2.3.4, 10.9.8.7", "X-Forwarded-Proto": "https, http"})
    assert (seen["address"], seen["secure"]) == ("10.9.8.7", False)


@pytest.mark.parametrize("text", ["nginx", "10.0.0.0/33", "127.0.0.1;10.0.0.1", "0.0.0.0/0", "::/0"])
def test_what_is_no_proxy_is_refused_with_what_to_give(text: str) -> None:
    with pytest.raises(Misconfigured, match=r"--trusted-proxies: .*such as 127\.0\.0\.1"):
        proxies.parse_proxies(text)


def test_none_is_none() -> None:
    assert proxies.parse_proxies("") == proxies.parse_proxies(" , ") == ()
