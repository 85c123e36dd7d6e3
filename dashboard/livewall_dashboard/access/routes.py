"""Signing in and out: a token is shown once, and what the browser keeps is a session."""

from __future__ import annotations

import re

from flask import Blueprint, Response, redirect, render_template, request

from livewall_dashboard.access.guard import Guard, public
from livewall_dashboard.base.errors import LivewallError

MAX_FORM = 10_000
"""Bytes of what the login page sends."""

# A path of this wall: browsers read a backslash as a slash, two slashes as a host, and leave out tabs and line ends.
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_OURS = ("/login", "/logout")


def blueprint(guard: Guard) -> Blueprint:
    routes = Blueprint("login", __name__)

    @routes.app_context_processor
    def shared() -> dict[str, object]:
        return {"signed_in": _who(guard)}

    @routes.get("/login")
    @public
    def login() -> Response:
        if guard.is_open:
            # What stands behind the # here takes the place of a token that the browser would carry on from its address.
            return _leads_to(f"{_next(request.args)}#open")
        return _page(_next(request.args))

    @routes.post("/login")
    @public
    def sign_in() -> Response:
        request.max_content_length = MAX_FORM
        wanted = _next(request.form)
        if guard.is_open:
            return _leads_to(wanted)
        try:
            token = guard.sign_in(request.form.get("token", "").strip())
        except LivewallError as error:
            page = _page(wanted, error.message)
            page.status_code = error.http_status
            page.headers.update(error.headers)
            return page
        response = _leads_to(wanted)
        guard.browsers.sign_in(token, response)
        return response

    @routes.post("/logout")
    @public
    def sign_out() -> Response:
        response = _leads_to("/login")
        guard.browsers.sign_out(response)
        return response

    return routes


def _who(guard: Guard) -> str | None:
    """The name of the token that the browser signed in with, for the pages to show."""
    if guard.is_open:
        return None
    try:
        token = guard.browsers.token()
    except LivewallError:  # an error's page is shown without asking Postgres
        return None
    return token.name if token else None


def _next(given: dict[str, str]) -> str:
    wanted = given.get("next", "/")
    return wanted if _PATH.fullmatch(wanted) and not wanted.startswith(_OURS) else "/"


def _page(wanted: str, trouble: str = "") -> Response:
    response = Response(render_template("login/login.html", next=wanted, trouble=trouble), mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def _leads_to(address: str) -> Response:
    response = redirect(address, 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]
