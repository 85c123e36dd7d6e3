"""Routes that programs ask by the hundred a second, answered before Flask, whose machinery costs more than they do.

A plain request is let in by the same guard, and told of errors in the same words, as by its route in Flask. Whatever
is not plain (another method, a query it does not read, a body that comes in chunks) goes on to that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from flask import Flask

from livewall_dashboard.access.asked import Asked
from livewall_dashboard.access.guard import Guard, limit_of, scope_of
from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.base.feature import ShortRequest, ShortRoute
from livewall_dashboard.web.headers import MAX_BODY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Count = Callable[[str, int, float], None]
"""Of an answer: the endpoint, the status, and the seconds that it took."""


def install(app: Flask, routes: Sequence[ShortRoute], guard: Guard, count: Count) -> None:
    """Wraps whatever answers by now: before the headers."""
    app.wsgi_app = _ShortRoutes(app, app.wsgi_app, routes, guard, count)  # type: ignore[method-assign]


class _ShortRoutes:
    def __init__(
        self, app: Flask, application: WSGIApplication, routes: Sequence[ShortRoute], guard: Guard, count: Count
    ) -> None:
        self._app = app
        self._application = application
        self._routes = routes
        self._guard = guard
        self._count = count

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        for route in self._routes:
            if (found := route.path.fullmatch(path)) and _is_plain(environ, route):
                return self._answer(route, found.groupdict(), environ, start_response)
        return self._application(environ, start_response)

    def _answer(
        self, route: ShortRoute, named: dict[str, str], environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        begun = time.perf_counter()
        view = self._app.view_functions[route.endpoint]
        try:
            asked = Asked(environ, named.get("run_id", ""))
            caller = self._guard.admit_program(asked, scope_of(view) or "", limit_of(view))
            said = route.answer(ShortRequest(environ, named, _body(environ), caller))
        except Exception as error:  # told, and the unforeseen logged, as by Flask
            with self._app.request_context(environ):
                response = self._app.make_response(self._app.handle_user_exception(error))
            self._count(route.endpoint, response.status_code, time.perf_counter() - begun)
            return response(environ, start_response)
        self._count(route.endpoint, 204 if said is None else 200, time.perf_counter() - begun)
        if said is None:
            start_response("204 NO CONTENT", [("Cache-Control", "no-store")])
            return []
        head = [("Content-Type", route.media), ("Cache-Control", "no-store"), ("Content-Length", str(len(said)))]
        start_response("200 OK", head)
        return [said]


def _is_plain(environ: WSGIEnvironment, route: ShortRoute) -> bool:
    length = environ.get("CONTENT_LENGTH") or "0"
    return (
        environ["REQUEST_METHOD"] == route.method
        and (route.has_query or not environ.get("QUERY_STRING"))
        and length.isdecimal()
        and int(length) <= (0 if route.method == "GET" else MAX_BODY)
    )


def _body(environ: WSGIEnvironment) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    try:
        data: bytes = environ["wsgi.input"].read(length) if length else b""
    except OSError:
        data = b""
    if len(data) < length:
        raise BadRequest("The body ends before it is as long as its Content-Length says.")
    return data
