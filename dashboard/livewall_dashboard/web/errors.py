"""Every error that leaves the server: JSON for programs, a calm page for people, never a stack trace."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping

import msgspec
from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.base.feature import ErrorShape

log = logging.getLogger(__name__)

_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    411: "length_required",
    413: "too_large",
    414: "address_too_long",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    431: "headers_too_large",
}

_TITLES = {
    400: "This address makes no sense to the wall",
    401: "This wall asks for a token",
    403: "Not allowed",
    404: "There is nothing here",
    405: "Not like this",
    413: "Too large",
    503: "The history is away for a moment",
}


class _Unexpected(LivewallError):
    code, http_status = "internal", 500


_SHAPES = "livewall error shapes"
_JSON = ("/api/", "/healthz", "/__health", "/metrics", "/socket.io")


def install(app: Flask, shapes: Mapping[str, ErrorShape]) -> None:
    """`shapes`: below these paths programs are told in words of their own."""
    app.extensions[_SHAPES] = {"/api/v1": LivewallError.as_json, **shapes}  # the first that fits counts
    app.register_error_handler(LivewallError, _livewall_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)


def _livewall_error(error: LivewallError) -> Response:
    if shape := _shape():
        response = Response(msgspec.json.encode(shape(error)), content_type="application/json")
    else:
        title = _TITLES.get(error.http_status, "Something went wrong")
        page = render_template("shared/error.html", title=title, message=error.message)
        response = Response(page, mimetype="text/html")
    response.status_code = error.http_status
    response.headers.update(error.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> Response:
    """What Flask itself refuses, in the words of the contract."""
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return _livewall_error(_translated(error, headers))


def _translated(error: HTTPException, headers: dict[str, str]) -> LivewallError:
    message = error.description or error.name
    if isinstance(error, NotFound):
        message = f"There is nothing at {request.path[:200]}."
    elif isinstance(error, MethodNotAllowed):
        message = f"{request.method} is not for this address; it knows {headers.get('Allow', 'other methods')}."
    elif isinstance(error, RequestEntityTooLarge):
        message = "The body is larger than this address takes."
    translated = LivewallError(message, headers=headers)
    translated.http_status = error.code or 500
    translated.code = _CODES.get(translated.http_status, "error")
    return translated


def _unexpected_error(error: Exception) -> Response:
    """A fault of ours: the log says what, the caller gets a word to find it there by."""
    reference = secrets.token_hex(4)
    about = {"run": (request.view_args or {}).get("run_id")}
    log.error("Unexpected error %s in %r %r", reference, request.method, request.path, exc_info=error, extra=about)
    return _livewall_error(_Unexpected(f"Something went wrong inside the wall. Its log says more, under {reference}."))


def _shape() -> ErrorShape | None:
    """How to tell a program; None where a page is wanted."""
    shapes: Mapping[str, ErrorShape] = current_app.extensions[_SHAPES]
    for start, shape in shapes.items():
        if request.path == start or request.path.startswith(f"{start}/"):
            return shape
    wants_json = request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    return LivewallError.as_json if wants_json or request.path.startswith(_JSON) else None
