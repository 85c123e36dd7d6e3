"""The guard in front of routes of the test's own, with tokens and sessions in memory."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

from flask import Flask, request
from flask.testing import FlaskClient

from livewall_dashboard.access import routes
from livewall_dashboard.access.guard import Guard, Policy, caller, key_in_body, public, scope
from livewall_dashboard.access.rate_limits import Limits
from livewall_dashboard.access.tokens import GRANTS, Token, hash_of
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.web import errors, headers

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

    def goes_on(self, digest: str) -> bool:
        return any(hash_of(text).hex() == digest for text in self.tokens)

    def end(self, text: str) -> None:
        self.tokens.pop(text, None)


def view(needed: str) -> Callable[[], str]:
    @scope(needed)
    def name_of_caller() -> str:
        token = caller()
        return token.name if token else "nobody"

    return name_of_caller


def keyed_view(guard: Guard) -> Callable[[], str]:
    """Its caller may show a token as the body."""

    @key_in_body
    @scope("upload")
    def name_of_caller() -> str:
        guard.admit_key(request.get_data(as_text=True) or None)
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
    errors.install(app, {})
    headers.install(app)
    guard = Guard(policy, MemoryTokens(), MemorySessions(), limits)
    guard.install(app)
    app.register_blueprint(routes.blueprint(guard))

    for name in GRANTS:
        app.add_url_rule(f"/api/{name}", name, view(name), methods=["GET", "PUT"])
    app.add_url_rule("/api/keyed", "keyed", keyed_view(guard), methods=["PUT"])
    app.add_url_rule("/public", "public", public(lambda: "hello"))
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    app.add_url_rule("/", "wall", scope("read")(lambda: "wall"))
    app.add_url_rule("/runs", "runs", scope("read")(lambda: "runs"))
    app.add_url_rule("/socket", "socket", public(lambda: admitted(guard)))
    app.add_url_rule("/admission", "admission", scope("read")(lambda: str(guard.admission())))
    app.add_url_rule("/admits/<text>", "admits", public(lambda text: str(guard.still_admits(text))))
    return app


def client_of(policy: Policy) -> FlaskClient:
    return app_with(policy).test_client()


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer lw_{name}"}


def signed_in(policy: Policy, scope: str, **options: Any) -> FlaskClient:
    client = client_of(policy)
    reply = client.post("/login", data={"token": f"lw_{scope}"}, **options)
    assert reply.status_code == 303
    return client
