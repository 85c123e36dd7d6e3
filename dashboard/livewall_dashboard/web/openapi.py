"""The contract of the API as an OpenAPI document: collected from the views, each of which carries an `@operation`.

`docs/openapi.json` is a copy, which `make openapi` writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, partial
from typing import NamedTuple

from flask import Blueprint, Flask, Response
from msgspec import Struct

from livewall_dashboard.access import csrf
from livewall_dashboard.access.guard import PUBLIC, WITH_CRUMB, public, scope_of
from livewall_dashboard.web.operation import Answer, Header, Operation, operation, operation_of
from livewall_dashboard.web.query import meaning_of, parameters_of
from livewall_dashboard.web.request_body import FilesBody
from livewall_dashboard.web.request_head import MAX_HEAD, MAX_LINE
from livewall_dashboard.web.schemas import Error, Schema, components, schema_of

API = ("/api/", "/v1/")
"""What lies below is the contract: each of its routes is told of in the document."""

ERRORS = {
    400: ("BadRequest", "The request makes no sense; the message says why."),
    401: ("NotAuthenticated", "A token is needed, or this one is unknown or revoked."),
    403: ("Forbidden", "The token is for something else, or the request comes from another site's page."),
    404: ("NotFound", "There is no such thing."),
    409: ("Conflict", "It is there already, or there is no more room for it."),
    410: ("Gone", "It is over, or was never there."),
    411: ("LengthRequired", "The body needs a Content-Length."),
    413: ("TooLarge", "The body is too large; send less at a time."),
    414: ("AddressTooLong", f"An address has less than {MAX_LINE} bytes."),
    415: ("UnsupportedMediaType", "The body is JSON, with Content-Type: application/json."),
    422: ("Invalid", "The body is understood, but what it says cannot be."),
    429: ("TooManyRequests", "Come back after Retry-After seconds."),
    431: ("HeadersTooLarge", f"A header has less than {MAX_LINE} bytes, all of them together {MAX_HEAD}."),
    502: ("JenkinsFailed", "Jenkins refuses, is away, or answers with something else; the message says what."),
    503: ("Unavailable", "Postgres, the disk or Jenkins is away; come back after Retry-After seconds."),
    504: ("JenkinsTimedOut", "Jenkins does not answer in time."),
}

_CRUMB = Header(csrf.HEADER, "What /api/v1/crumb says; needed by browsers, who have a cookie and no token")
_MEDIA: dict[object, str] = {bytes: "application/octet-stream", str: "text/plain"}
_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")


class Route(NamedTuple):
    """`scope`: whose the view is; None for nobody."""

    path: str
    method: str
    scope: str | None
    operation: Operation


def install(app: Flask, version: str) -> None:
    """Serves the document. After all other routes; raises LookupError for one of the API without `@operation`,
    or with an error that the document has no words for.

    It is made when somebody first asks for it: that takes as long as all the rest of a wall's start.
    """
    routes = Blueprint("openapi", __name__)

    @routes.get("/api/v1/openapi.json")
    @public
    @operation("getOpenapi", "This document.", Answer(200, "OpenAPI 3.1.", dict), strict=False)
    def openapi() -> Response:
        return Response(body(), content_type="application/json")

    app.register_blueprint(routes)
    body = cache(partial(encoded, app, version))
    for route in routes_of(app):
        _require_words(route)


def _require_words(route: Route) -> None:
    """Raises KeyError for an error that the document has no words for."""
    for status in route.operation.errors:
        ERRORS[status]


def encoded(app: Flask, version: str) -> str:
    return json.dumps(document(app, version), indent=1, ensure_ascii=False) + "\n"


def document(app: Flask, version: str) -> Schema:
    """Ordered by path, method and name, whatever order the routes were added in."""
    routes = sorted(routes_of(app), key=lambda route: (route.path, route.method))
    paths: Schema = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "livewall",
            "version": version,
            "description": "What robots report, what the wall shows, what the history knows. Times are ISO 8601 in "
            "UTC, durations seconds. Errors are `Error` with a message written for the caller.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components([Error, *(kind for route in routes for kind in _types(route.operation))]),
            "responses": {name: _content(meaning, Error) for name, meaning in ERRORS.values()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token `lw_...` of `livewall token create`, of scope read, ingest, upload, "
                    "builds, submit, agent or admin. A wall on loopback asks for none, unless it was told to.",
                }
            },
        },
    }


def routes_of(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        told = operation_of(view)
        if told is None:
            if rule.rule.startswith(API):
                raise LookupError(f"{rule.rule} ({rule.endpoint}) carries no @operation: nobody would know of it")
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(_VARIABLE.sub(r"{\1}", rule.rule), method.lower(), scope_of(view), told)


def _types(told: Operation) -> Iterator[object]:
    yield told.error
    yield from (answer.type for answer in told.answers if answer.type is not None)
    if told.body is not None and told.body is not FilesBody:
        yield told.body


def _operation(route: Route) -> Schema:
    told = route.operation
    found: Schema = {"operationId": told.id, "summary": told.summary}
    if parameters := list(_parameters(route)):
        found["parameters"] = parameters
    if told.body is not None:
        found["requestBody"] = {"required": True, "content": _media(told.body)}
    refused = {status: _refusal(status, told.error) for status in _errors(route)}
    answers = {answer.status: _content(answer.meaning, answer.type, answer.media) for answer in told.answers}
    found["responses"] = {str(status): response for status, response in sorted({**refused, **answers}.items())}
    if route.scope == PUBLIC:
        found["security"] = []
    return found


def _parameters(route: Route) -> Iterator[Schema]:
    for name, hint in route.operation.path.items():
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": meaning_of(hint),
            "schema": {"type": "string"},
        }
    for each in parameters_of(route.operation.query):
        required = {"required": True} if each.required else {}
        yield {"name": each.name, "in": "query", "description": each.meaning, "schema": each.schema, **required}
    for header in (*route.operation.headers, *([_CRUMB] if route.scope in WITH_CRUMB else [])):
        known = {"enum": list(header.values)} if header.values else {}
        yield {
            "name": header.name,
            "in": "header",
            "description": header.meaning,
            "schema": {"type": "string", **known},
        }


def _errors(route: Route) -> Iterator[int]:
    """Those of every view that reads, asks who calls, or takes a body; then its own."""
    if route.operation.strict:
        yield 400
    if route.scope != PUBLIC:
        yield from (401, 403, 429)
    if route.operation.body is not None:
        yield 413
    yield from (414, 431)
    yield from route.operation.errors


def _refusal(status: int, error: type[Struct]) -> Schema:
    """A reference, where errors are told in our own shape: so are those of a head that nobody reads to its end."""
    name, meaning = ERRORS[status]
    is_ours = error is Error or status in (414, 431)
    return {"$ref": f"#/components/responses/{name}"} if is_ours else _content(meaning, error)


def _content(meaning: str, kind: object, media: str = "") -> Schema:
    return {"description": meaning} if kind is None else {"description": meaning, "content": _media(kind, media)}


def _media(kind: object, media: str = "") -> Schema:
    if kind is FilesBody:
        files = {"type": "object", "properties": {"file": {"type": "array", "items": schema_of(bytes)}}}
        return {"application/octet-stream": {"schema": schema_of(bytes)}, "multipart/form-data": {"schema": files}}
    return {media or _MEDIA.get(kind, "application/json"): {"schema": schema_of(kind)}}
