"""The way to an instance: from the wall by a ticket, and through nginx, which asks at each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, request

from livewall_dashboard.access.guard import Guard, public, scope
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.branches.build_instances import BuildInstances
from livewall_dashboard.branches.build_tickets import ENTER, STAY, BuildTickets
from livewall_dashboard.branches.instance_address import origin_of, upstream_of
from livewall_dashboard.branches.numbers import number_of
from livewall_dashboard.branches.overview import Overview
from livewall_dashboard.lab.model import Lab

COOKIE = "livewall_instance"
OURS = "livewall_"
"""What cookies begin with that no instance gets."""
UPSTREAM, COOKIES, WAY = "X-Livewall-Upstream", "X-Livewall-Cookies", "X-Livewall-Way"
"""In the answer to nginx: where the instance is, which cookies it gets, and where who may not go there is sent."""
ASKED = "X-Livewall-Uri"


def blueprint(
    lab: Callable[[], Lab],
    settings: Settings,
    guard: Guard,
    instances: BuildInstances,
    overview: Overview,
    tickets: BuildTickets,
) -> Blueprint:
    routes = Blueprint("instance_connections", __name__)

    @routes.get("/branch-builds/<number>/connect")
    @scope("read")
    def connect(number: str) -> Response:
        """To what a build left running, or where that does not run to the build's page."""
        build = overview.built_as(number_of(number))
        (instance,) = instances.of_builds([build]).values() or (None,)
        if instance is None or instance.url is None:
            return _to(f"/branch-builds/{number_of(number)}#instance")
        instances.touch(build)
        if not lab().instances.domain:
            return _to(instance.url)
        ticket = tickets.issue(ENTER, build, guard.admission())
        asked = {"ticket": ticket, "to": _path(request.args.get("to", "/"))}
        return _to(f"{origin_of(lab(), build)}/.livewall/enter?{urlencode(asked)}")

    @routes.get("/instances/<number>/enter")
    @public
    def enter(number: str) -> Response:
        """Asked by nginx under the name of the instance: the ticket becomes a cookie of that name alone."""
        build = number_of(number)
        admission = tickets.admission_of(ENTER, build, [request.args.get("ticket", "")])
        path = _path(request.args.get("to", "/"))
        if admission is None:
            return _to(_wall_way(lab(), build, path))
        response = _to(path)
        is_secure = lab().url.startswith("https:")
        response.set_cookie(
            COOKIE, tickets.issue(STAY, build, admission), httponly=True, samesite="Lax", secure=is_secure, path="/"
        )
        return response

    @routes.get("/instances/<number>/way")
    @public
    def way(number: str) -> Response:
        """Asked by nginx before each request to an instance: 204 with its address, 401 or 403 with another way."""
        build = number_of(number)
        path = _path(request.headers.get(ASKED, "/"))
        if not guard.is_open and tickets.admission_of(STAY, build, _cookies(COOKIE)) is None:
            return _answer(401, {WAY: _wall_way(lab(), build, path)})
        row = instances.find(build)
        upstream = upstream_of(row, settings) if row else None
        if upstream is None or not lab().instances.domain or _is_of_another(lab(), build):
            return _answer(403, {WAY: f"{lab().url}/branch-builds/{build}#instance"})
        instances.touch(build)
        passed = "; ".join(each for each in _cookies() if not each.startswith(OURS))
        return _answer(204, {UPSTREAM: upstream, COOKIES: passed})

    return routes


def _cookies(name: str | None = None) -> Iterator[str]:
    """`name=value` of all cookies of the request as they came, or the values of those with this name."""
    for part in request.headers.get("Cookie", "").split(";"):
        found, _, value = part.strip().partition("=")
        if name is None and part.strip():
            yield part.strip()
        elif found == name:
            yield value.strip()


def _is_of_another(lab: Lab, build: int) -> bool:
    """Whether a page of another instance is behind the request: for a browser they are of one site, so its ticket
    comes along, and whoever wrote one branch would act in the other as whoever looks at his.
    """
    origin = request.headers.get("Origin", "").lower()
    return origin.endswith(f".{lab.instances.domain}") and origin != origin_of(lab, build)


def _path(text: str) -> str:
    """A path of the same host, whatever it was: with two slashes at its begin it would name another."""
    return "/" + quote(text.lstrip("/\\"), safe="/?#[]@!$&'()*+,;=:~%-._")


def _wall_way(lab: Lab, build: int, path: str) -> str:
    return f"{lab.url}/branch-builds/{build}/connect?{urlencode({'to': path})}"


def _to(address: str) -> Response:
    response = redirect(address, 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


def _answer(status: int, headers: dict[str, str]) -> Response:
    return Response(status=status, headers={**headers, "Cache-Control": "no-store"})
