"""The security headers of every response, and how large a request may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a request's body, where a route sets no limit of its own."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


STATIC = "/static/"


def install(app: Flask) -> None:
    """Wraps whatever answers by now: after Socket.IO, so that its answers carry the headers too."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.wsgi_app = _Headers(app.wsgi_app)  # type: ignore[method-assign]


class _Headers:
    """Adds what an answer does not say itself; what a page's part is called, its address says."""

    def __init__(self, application: WSGIApplication):
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            if environ["PATH_INFO"].startswith(STATIC):
                headers = [(name, value) for name, value in headers if name.lower() != "content-disposition"]
            given = {name.lower() for name, _ in headers}
            missing = [(name, value) for name, value in HEADERS.items() if name.lower() not in given]
            return start_response(status, [*headers, *missing], *error)

        return self._application(environ, start)
