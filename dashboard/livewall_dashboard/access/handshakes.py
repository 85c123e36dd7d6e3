"""In front of Socket.IO, which answers before Flask and its guard do: a stranger gets no session there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import HTTPException

from livewall_dashboard.access.guard import Guard
from livewall_dashboard.base.errors import LivewallError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/socket.io"


def install(app: Flask, guard: Guard) -> None:
    """Wraps whatever answers by now: after Socket.IO, before the headers."""
    app.wsgi_app = _Door(app, app.wsgi_app, guard)  # type: ignore[method-assign]


class _Door:
    """Asks each request, not the first of a session alone: nobody has to tell which that is."""

    def __init__(self, app: Flask, application: WSGIApplication, guard: Guard):
        self._app = app
        self._application = application
        self._guard = guard

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(PATH):
            with self._app.request_context(environ):
                try:
                    self._guard.admit_screen()
                except (LivewallError, HTTPException) as error:
                    refusal = self._app.make_response(self._app.handle_user_exception(error))
                    return refusal(environ, start_response)
        return self._application(environ, start_response)
