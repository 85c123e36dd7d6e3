"""Who may call what: every route says which scope it asks for, and one guard in front of all of them checks.

A view is marked with `@scope("read")`, `@scope("ingest")`, ... or `@public`; without a mark it is closed to everyone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, g, redirect, request

from livewall_dashboard.access import csrf
from livewall_dashboard.access.asked import Asked, current_request
from livewall_dashboard.access.browser_login import Browsers, Sessions, Tokens
from livewall_dashboard.access.csrf import Crumbs
from livewall_dashboard.access.origins import is_address, is_loopback, neighbourhood
from livewall_dashboard.access.rate_limits import LOG_LINES, LOGINS, READS, SIGN_INS, WRONG_TOKENS, Limit, Limits
from livewall_dashboard.access.tokens import GRANTABLE, Token
from livewall_dashboard.base.errors import Forbidden, NotAuthenticated, TooManyRequests

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

WITH_CRUMB = frozenset({"builds", "branch-builds", "upload", "submit", "admin"})
"""What a browser may do besides reading: with its cookie and a crumb. Scripts show a token and need no crumb."""

OWN_PAGES = frozenset({"builds", "admin"})
"""What asks for a crumb on a wall that is open to everyone, too: scripts there show a token."""

WITH_PASSWORD = frozenset({"/upload"})
"""Where the password of HTTP's Basic is taken for a token: elsewhere a browser would send it along by itself."""

FOR_PROGRAMS = ("/api/", "/metrics", "/v1/")
"""Below these nobody is led to the login page."""

READING = frozenset({"read", "jobs"})
"""For these a browser's cookie is enough."""

CHANGES_BY_GET = frozenset({"agent"})
"""What agents ask for by GET is theirs from then on: a page of another site must not ask either."""

_OPEN = "open"
_SCOPE = "livewall_scope"
_LIMIT = "livewall_limit"
_KEY_IN_BODY = "livewall_key_in_body"
PUBLIC = "public"

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., object])
Permit = Callable[[], bool]
"""What a screen is let in with: asked later, whether it may go on looking."""


def scope(name: str, limit: Limit = READS) -> Callable[[View], View]:
    """Marks a view as open to tokens that grant `name`, and how often it may be called."""
    if name not in GRANTABLE:
        raise ValueError(f"unknown scope {name!r}")

    def mark(view: View) -> View:
        setattr(view, _SCOPE, name)
        setattr(view, _LIMIT, limit)
        return view

    return mark


def public(view: View) -> View:
    """Marks a view as open to everyone who reaches the wall."""
    setattr(view, _SCOPE, PUBLIC)
    return view


def key_in_body(view: View) -> View:
    """Marks a view that `@scope` marks, too: a caller may show the token in the body, which the view reads.

    Where nobody showed one before it, the view calls `Guard.admit_key` before it does anything else.
    """
    setattr(view, _KEY_IN_BODY, True)
    return view


def scope_of(view: object) -> str | None:
    """The scope a view asks for, "public", or None for a view that was never marked."""
    return getattr(view, _SCOPE, None)


def limit_of(view: object) -> Limit:
    """How often a view may be called that `@scope` marks."""
    limit: Limit = getattr(view, _LIMIT)
    return limit


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

        Open to this machine alone must not mean open to any web page that points a name of its own at 127.0.0.1. An
        address nobody can point elsewhere: a virtual machine calls the wall of its host as 10.0.2.2.
        """
        return not self.open or self.insecure or is_loopback(name) or is_address(name) or name in self.hosts


class Guard:
    """Stands in front of every route and of the Socket.IO handshake.

    `failed_logins` counts tokens shown that are unknown, revoked or expired.
    """

    def __init__(self, policy: Policy, tokens: Tokens, sessions: Sessions, limits: Limits | None = None):
        self._policy = policy
        self._tokens = tokens
        self.browsers = Browsers(sessions, tokens)
        self._limits = limits or Limits()
        self._crumbs = Crumbs()
        self.failed_logins = 0

    def install(self, app: Flask) -> None:
        if app.has_static_folder:
            public(app.view_functions["static"])
        app.before_request(self._check_request)

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked for a token."""
        return self._policy.open

    def admit_screen(self) -> Permit:
        """Of the handshake in the current request context. Raises Forbidden, NotAuthenticated, TooManyRequests."""
        asked = current_request()
        self._check_host(asked)
        self._check_origin(asked)
        if self._policy.open:
            return lambda: True
        shown = self._shown(asked)
        token = shown or self.browsers.token()
        if token is None or not token.grants("read"):
            raise _not_authenticated("read")
        session = None if shown else self.browsers.session()
        return session or (lambda: self._tokens.is_good(token.id))

    def admit_program(self, asked: Asked, needed: str, limit: Limit) -> Token | None:
        """As in front of a route of this scope and limit that no browser's cookie opens, without Flask around.

        Raises Forbidden, NotAuthenticated, TooManyRequests. -> the caller's token, None on an open wall.
        """
        self._check_host(asked)
        self._check_origin(asked)
        token = None if self._policy.open else _granting(self._shown(asked), needed)
        self._check_limit(asked, limit, token)
        return token

    def allows(self, needed: str) -> bool:
        """Whether the caller of the current request, who was let in, might do what needs this scope."""
        token = caller()
        return self._policy.open if token is None else token.grants(needed)

    def token_of(self, secret: str) -> Token | None:
        """The good token that was shown otherwise than the guard looks for. Raises TooManyRequests for wrong ones."""
        token = self._tokens.find(secret)
        if token is None:
            asked = current_request()
            self._note_wrong_token(asked)
            self._limits.spend(LOGINS, _from_where(asked))
        return token

    def admission(self) -> str:
        """What lets in the caller of the current request, for `still_admits`; it opens nothing by itself."""
        token = caller()
        if token is None:
            return _OPEN
        digest = None if self._shown(current_request()) else self.browsers.session_digest()
        return f"session-{digest}" if digest else f"token-{token.id}"

    def still_admits(self, admission: str) -> bool:
        """Whether what let somebody in does so now: nobody has signed out, and the token is good."""
        kind, _, key = admission.partition("-")
        if kind == "session":
            return self.browsers.goes_on(key)
        return self._tokens.is_good(int(key)) if kind == "token" else self._policy.open

    def crumb(self) -> str:
        """What the browser behind the current request sends along with what changes something."""
        return self._crumbs.of(self.browsers.cookie)

    def sign_in(self, text: str) -> Token:
        """The token that somebody shows at the login page. Raises NotAuthenticated, Forbidden, TooManyRequests.

        A good one is taken however many wrong ones came from the same address: 160 bits are not guessed, and many
        screens may share an address.
        """
        token = self.token_of(text)
        if token is None:
            raise NotAuthenticated("This token is unknown, revoked or expired.")
        if not token.grants("read"):
            raise Forbidden(f"The token {token.name!r} is for {token.scope}: it opens no page. A read token does.")
        self._limits.spend(SIGN_INS, _from_where(current_request()), token.id)
        return token

    def admit_reader(self) -> None:
        """Of a public view that is not so now: who may read. Raises Forbidden, NotAuthenticated, TooManyRequests."""
        asked = current_request()
        token = None if self._policy.open else self._check_token(asked, "read")
        self._check_limit(asked, READS, token)

    def admit_anybody(self) -> None:
        """Of a public view that asks Postgres: not more often than who may read. Raises TooManyRequests."""
        self._check_limit(current_request(), READS, None)

    def admit_key(self, text: str | None) -> None:
        """Of what the body of the current request shows. Raises Forbidden, NotAuthenticated, TooManyRequests.

        An open wall does not look at it, nor does one that a header showed a token.
        """
        if self._policy.open or caller() is not None:
            return
        view = current_app.view_functions[request.endpoint or ""]
        asked = current_request()
        token = None if text is None else self._find(text, asked)
        g.livewall_caller = _granting(token, scope_of(view) or "")
        self._check_limit(asked, limit_of(view), token)

    def _check_request(self) -> Response | None:
        asked = current_request()
        self._check_host(asked)
        if request.url_rule is None:
            return None  # answered with 404 or 405
        view = current_app.view_functions.get(request.endpoint or "")
        needed = scope_of(view)
        if needed is None:
            raise Forbidden("This address is closed.")
        if asked.method not in SAFE_METHODS or needed in CHANGES_BY_GET:
            self._check_origin(asked)
        if needed == PUBLIC:
            return None
        if needed == "read" and not request.path.startswith(FOR_PROGRAMS) and (way := self._way_in()):
            return way
        token = None
        if not self._policy.open:
            if getattr(view, _KEY_IN_BODY, False) and not asked.shows_authorization:
                return None  # the view calls admit_key
            token = self._check_token(asked, needed)
        elif needed in OWN_PAGES:
            self._check_own_page(asked, needed)
        self._check_limit(asked, limit_of(view), token)
        return None

    def _check_host(self, asked: Asked) -> None:
        if not self._policy.expects_host(asked.host_name):
            raise Forbidden(
                "This wall is open to its own machine only, under a name like localhost. To show it under another "
                "name, start it with --require-tokens (and give out tokens) or with --insecure."
            )

    def _check_token(self, asked: Asked, needed: str) -> Token:
        # A cookie travels by itself with whatever a browser is made to send: alone it never allows more than reading.
        shown = self._shown(asked)
        token = _granting(shown or (self.browsers.token() if needed in READING | WITH_CRUMB else None), needed)
        if needed in WITH_CRUMB and shown is None:
            self._check_crumb()
        g.livewall_caller = token
        return token

    def _check_own_page(self, asked: Asked, needed: str) -> None:
        """On a wall that is open to everyone: everyone, but not whatever page their browser happens to show."""
        shown = self._shown(asked)
        if shown is None or not shown.grants(needed):
            self._check_crumb()

    def _check_crumb(self) -> None:
        given = request.headers.get(csrf.HEADER, "")
        if not self._crumbs.accepts(self.browsers.cookie, given):
            raise Forbidden(
                f"From a browser this needs a crumb: read one from /api/v1/crumb and send it as {csrf.HEADER}.",
                detail={"crumb": "missing" if not given else "wrong"},
            )

    def _check_limit(self, asked: Asked, limit: Limit, token: Token | None) -> None:
        """Before the body is read. Counted by what was found to be true of the caller, never by what it made up."""
        who = (token.id, "" if asked.shows_authorization else self.browsers.proven) if token else ()
        run = asked.run if limit.each_run else ""
        try:
            self._limits.spend(limit, _from_where(asked), *who, run)
        except TooManyRequests as error:
            self._say(asked, f"{asked.address} is put off: {error.message}")
            raise

    def _way_in(self) -> Response | None:
        """A browser that has to sign in first is led to the login page, with the token that it may have brought.

        The token goes behind a #, where no server sees it and no log, and is sent by the login page itself.
        """
        brought = request.args.get("token")
        is_page = "text/html" in request.headers.get("Accept", "") and "Authorization" not in request.headers
        if self._policy.open:
            return None if brought is None else redirect(_address(), 303)  # type: ignore[return-value]
        if brought is None and is_page:
            brought = self.browsers.kept_token()
        if brought is None and not (is_page and self.browsers.token() is None):
            return None
        token = f"#{quote(brought, safe='')}" if brought else ""
        response = redirect(f"/login?{urlencode({'next': _address()})}{token}", 303)
        response.headers["Cache-Control"] = "no-store"
        return response  # type: ignore[return-value]

    def _shown(self, asked: Asked) -> Token | None:
        """By a header; or in the address itself, http://any:TOKEN@host/upload, by scripts that know no other way."""
        shown = asked.bearer
        if shown is None and asked.path in WITH_PASSWORD:
            shown = asked.password
        return None if shown is None else self._find(shown, asked)

    def _find(self, text: str, asked: Asked) -> Token | None:
        """The token that somebody shows; a wrong one counts."""
        token = self._tokens.find(text)
        if token is None:
            self._note_wrong_token(asked)
            self._limits.spend(WRONG_TOKENS, _from_where(asked))
        return token

    def _note_wrong_token(self, asked: Asked) -> None:
        self.failed_logins += 1
        self._say(asked, f"{asked.address} shows a token that is unknown, revoked or expired")

    def _check_origin(self, asked: Asked) -> None:
        """No page of another site; nor the wall's own, behind a proxy that does not say under which name it is."""
        if not asked.is_from_elsewhere:
            return
        origin = (asked.origin or "another site")[:200]
        error = Forbidden(
            "A page of another site may not look or change anything here: this one is of "
            f"{origin!r}, and the wall was asked as {asked.host[:200]!r}. If it is the wall's own page, the proxy in "
            "between does not pass on its name: with nginx, `proxy_set_header Host $http_host;`."
        )
        self._say(asked, f"{asked.address} is refused: {error.message}")
        raise error

    def _say(self, asked: Asked, what: str) -> None:
        """Of each address one word a minute is enough."""
        if not self._limits.wait(LOG_LINES, _from_where(asked)):
            about = {"run": asked.run or None}
            log.warning("%s (%s %r)", what, asked.method, asked.path[:200], extra=about)


def _granting(token: Token | None, needed: str) -> Token:
    """Raises NotAuthenticated without a token, Forbidden with one that is for something else."""
    if token is None:
        raise _not_authenticated(needed)
    if not token.grants(needed):
        raise Forbidden(f"The token {token.name!r} is for {token.scope}, this needs one for {needed}.")
    return token


def _from_where(asked: Asked) -> str:
    return neighbourhood(asked.address)


def _address() -> str:
    """The current request's path and query without a token in it: on this host, and nothing but ASCII."""
    rest = urlencode([(key, value) for key, value in request.args.items(multi=True) if key != "token"])
    # One slash only: an address that starts with two leads to another host.
    path = quote("/" + request.path.lstrip("/"))
    return f"{path}?{rest}" if rest else path


def _not_authenticated(needed: str) -> NotAuthenticated:
    return NotAuthenticated(
        f"This needs a token for {needed}, neither revoked nor expired: `Authorization: Bearer lw_...`. An "
        "administrator makes one with `livewall token create`; people sign in with theirs at /login.",
        headers={"WWW-Authenticate": 'Bearer realm="livewall"'},
    )
