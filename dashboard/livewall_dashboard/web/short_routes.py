"""Routes that programs ask by the hundred a second, answered before Flask, whose machinery costs more than they do.

A plain request is let in by the same guard, and told of errors in the same words, as by its route in Flask. Whatever
is not plain (another method, a query, a body that comes in chunks) goes on to that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from flask import Flask

from livewall_dashboard.access.asked import Asked
from livewall_dashboard.access.guard import Guard, limit_of, scope_of
from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.base.feature import ShortRoute
from livewall_dashboard.web.headers import MAX_BODY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Count = Callable[[str, int, float], None]
"""Of an answer: the endpoint, the status, and the seconds that it took."""

_HEADERS = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]


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
            if (found := route.path.fullmatch(path)) and _is_plain(environ, route.method):
                return self._answer(route, found["run_id"], environ, start_response)
        return self._application(environ, start_response)

    def _answer(
        self, route: ShortRoute, run: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        begun = time.perf_counter()
        view = self._app.view_functions[route.endpoint]
        try:
            caller = self._guard.admit_program(Asked(environ, run), scope_of(view) or "", limit_of(view))
            said = route.answer(run, _body(environ), environ.get("HTTP_CONTENT_ENCODING"), caller)
        except Exception as error:  # told, and the unforeseen logged, as by Flask
            with self._app.request_context(environ):
                response = self._app.make_response(self._app.handle_user_exception(error))
            self._count(route.endpoint, response.status_code, time.perf_counter() - begun)
            return response(environ, start_response)
        self._count(route.endpoint, 200, time.perf_counter() - begun)
        start_response("200 OK", [*_HEADERS, ("Content-Length", str(len(said)))])
        return [said]


def _is_plain(environ: WSGIEnvironment, method: str) -> bool:
    length = environ.get("CONTENT_LENGTH", "")
    return (
        environ["REQUEST_METHOD"] == method
        and not environ.get("QUERY_STRING")
        and length.isdecimal()
        and int(length) <= MAX_BODY
    )


def _body(environ: WSGIEnvironment) -> bytes:
    length = int(environ["CONTENT_LENGTH"])
    try:
        data: bytes = environ["wsgi.input"].read(length)
    except OSError:
        data = b""
    if len(data) < length:
        raise BadRequest("The body ends before it is as long as its Content-Length says.")
    return data
