"""Who may call what: every route says which scope it asks for, and one guard in front of all of them checks.

A view is marked with `@scope("read")`, `@scope("ingest")`, ... or `@public`; without a mark it is closed to everyone.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, g, redirect, request

from livewall_dashboard import crumbs
from livewall_dashboard.crumbs import Crumbs
from livewall_dashboard.errors import Forbidden, NotAuthenticated
from livewall_dashboard.tokens import GRANTS, Token

COOKIE = "livewall_token"
COOKIE_SECONDS = 400 * 24 * 3600
"""As long as browsers keep a cookie at all: a wall on a screen must outlive a year without a hand on it."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

WITH_CRUMB = frozenset({"builds"})
"""What a browser may do besides reading: with its cookie and a crumb. Scripts show a token and need no crumb."""

_SCOPE = "livewall_scope"
_PUBLIC = "public"

View = TypeVar("View", bound=Callable[..., object])


def scope(name: str) -> Callable[[View], View]:
    """Marks a view as open to tokens that grant `name`."""
    if name not in GRANTS:
        raise ValueError(f"unknown scope {name!r}")

    def mark(view: View) -> View:
        setattr(view, _SCOPE, name)
        return view

    return mark


def public(view: View) -> View:
    """Marks a view as open to everyone who reaches the wall."""
    setattr(view, _SCOPE, _PUBLIC)
    return view


def scope_of(view: object) -> str | None:
    """The scope a view asks for, "public", or None for a view that was never marked."""
    return getattr(view, _SCOPE, None)


def caller() -> Token | None:
    """The token behind the current request; None on an open wall or a public route."""
    token: Token | None = g.get("livewall_caller")
    return token


@dataclass(frozen=True, slots=True)
class Policy:
    """Whether tokens are needed.

    `host` is the address the wall is bound to. On loopback it is open unless `require_tokens`; elsewhere it is closed
    unless `insecure`. `hosts` are names besides the loopback ones under which an open loopback wall may be called.
    """

    host: str = "127.0.0.1"
    require_tokens: bool = False
    insecure: bool = False
    hosts: frozenset[str] = frozenset()

    @property
    def open(self) -> bool:
        return not self.require_tokens and (self.insecure or is_loopback(self.host))

    def expects_host(self, name: str) -> bool:
        """Whether a request may name this host.

        Open to this machine alone must not mean open to any web page that points a name of its own at 127.0.0.1.
        """
        return not self.open or self.insecure or is_loopback(name) or name in self.hosts


class Tokens(Protocol):
    """What knows the tokens: a `TokenStore`."""

    def find(self, text: str) -> Token | None: ...


class Guard:
    """Stands in front of every route and of the Socket.IO handshake."""

    def __init__(self, policy: Policy, tokens: Tokens):
        self._policy = policy
        self._tokens = tokens
        self._crumbs = Crumbs()

    def install(self, app: Flask) -> None:
        if app.has_static_folder:
            public(app.view_functions["static"])
        app.before_request(self._check_request)

    def allows_socket(self) -> bool:
        """Whether the handshake in the current request context may listen to the wall."""
        if not self._policy.expects_host(_host_name()) or _from_elsewhere():
            return False
        if self._policy.open:
            return True
        token = self._bearer() or self._cookie()
        return token is not None and token.grants("read")

    def allows(self, needed: str) -> bool:
        """Whether the caller of the current request, who was let in, might do what needs this scope."""
        token = caller()
        return self._policy.open if token is None else token.grants(needed)

    def crumb(self) -> str:
        """What the browser behind the current request sends along with an order."""
        return self._crumbs.of(request.cookies.get(COOKIE, ""))

    def _check_request(self) -> Response | None:
        self._check_host()
        if request.url_rule is None:
            return None  # answered with 404 or 405
        needed = scope_of(current_app.view_functions.get(request.endpoint or ""))
        if needed is None:
            raise Forbidden("This address is closed.")
        if request.method not in SAFE_METHODS and _from_elsewhere():
            raise Forbidden("A page of another site may not change anything here.")
        if needed == "read" and "token" in request.args and not _is_api():
            return self._start_session(request.args["token"])
        if needed != _PUBLIC and not self._policy.open:
            self._check_token(needed)
        elif needed in WITH_CRUMB:
            self._check_own_page(needed)
        return None

    def _check_host(self) -> None:
        if not self._policy.expects_host(_host_name()):
            raise Forbidden(
                "This wall is open to its own machine only, under a name like localhost. To show it under another "
                "name, start it with --require-tokens (and give out tokens) or with --insecure."
            )

    def _check_token(self, needed: str) -> None:
        # A cookie travels by itself with whatever a browser is made to send: alone it never allows more than reading.
        shown = self._bearer()
        token = shown or (self._cookie() if needed == "read" or needed in WITH_CRUMB else None)
        if token is None:
            raise _not_authenticated(needed)
        if not token.grants(needed):
            raise Forbidden(f"The token {token.name!r} is for {token.scope}, this needs one for {needed}.")
        if needed in WITH_CRUMB and shown is None:
            self._check_crumb()
        g.livewall_caller = token

    def _check_own_page(self, needed: str) -> None:
        """On a wall that is open to everyone: everyone, but not whatever page their browser happens to show."""
        shown = self._bearer()
        if shown is None or not shown.grants(needed):
            self._check_crumb()

    def _check_crumb(self) -> None:
        given = request.headers.get(crumbs.HEADER, "")
        if not self._crumbs.accepts(request.cookies.get(COOKIE, ""), given):
            raise Forbidden(
                f"A browser's order needs a crumb: read one from /api/v1/crumb and send it as {crumbs.HEADER}.",
                detail={"crumb": "missing" if not given else "wrong"},
            )

    def _start_session(self, text: str) -> Response:
        """Keeps the token of `/?token=...` in a cookie and leads on to the same page without it."""
        response = redirect(_address_without_token(), 303)
        if not self._policy.open:
            token = self._tokens.find(text)
            if token is None or not token.grants("read"):
                raise NotAuthenticated("The token in this address is unknown, revoked or not one for reading.")
            response.set_cookie(COOKIE, text, COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure)
        response.headers["Cache-Control"] = "no-store"
        return response  # type: ignore[return-value]

    def _bearer(self) -> Token | None:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        return self._tokens.find(text.strip()) if kind.lower() == "bearer" else None

    def _cookie(self) -> Token | None:
        text = request.cookies.get(COOKIE)
        return self._tokens.find(text) if text else None


@functools.lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a host name or address leads to this machine alone."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _host_name() -> str:
    return _name_of(request.host)


@functools.lru_cache(maxsize=256)
def _name_of(netloc: str) -> str:
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _from_elsewhere() -> bool:
    """Whether a browser says that a page of another origin is behind the request. Scripts send no Origin."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site")
    return _without_default_port(origin.partition("://")[2]) != _without_default_port(request.host)


def _without_default_port(netloc: str) -> str:
    netloc = netloc.lower()
    name, _, port = netloc.rpartition(":")
    return name if port in ("80", "443") else netloc


def _address_without_token() -> str:
    rest = urlencode([(key, value) for key, value in request.args.items(multi=True) if key != "token"])
    # One slash only: an address that starts with two leads to another host.
    path = "/" + request.path.lstrip("/")
    return f"{path}?{rest}" if rest else path


def _not_authenticated(needed: str) -> NotAuthenticated:
    return NotAuthenticated(
        f"This needs a token for {needed}: `Authorization: Bearer lw_...`. An administrator makes one with "
        f"`livewall token create`; a browser is let in by /?token=lw_... once.",
        headers={"WWW-Authenticate": 'Bearer realm="livewall"'},
    )
