"""What a view of the API tells of itself: by it requests are read, and the OpenAPI document is collected from it.

    @routes.get("/runs/<run_id>/suites")
    @scope("read")
    @operation("listSuites", "Suites of a run.", Answer(200, "A page of suites.", SuiteList), errors=(404, 503))
    def suites(run_id: RunId, query: SuitesQuery) -> Response:
        ...

A view's `query` and `body` are read before it is called, by the types in its signature, and handed to it. Without a
`query` it takes no parameters. What is true of every view is added by itself: 400, and 401, 403 and 429 where it asks
for a token, 413 where it has a body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from types import CodeType
from typing import Any, TypeVar, get_type_hints

import msgspec
from flask import Response, request
from msgspec import Struct

from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.web.query import pick_query, read_query
from livewall_dashboard.web.schemas import Error

MAX_BODY = 100_000
"""Bytes of a JSON body that is read for a view."""

_OPERATION = "livewall_operation"
_GIVEN = ("query", "body", "return")
_TYPES: dict[CodeType, Mapping[str, Any]] = {}

View = Callable[..., Response]
T = TypeVar("T")


class NoQuery(Struct):
    """Of a view that takes no parameters."""


@dataclass(frozen=True)
class Answer:
    """`type`: of the body, which is JSON, but text for `str`; None where it has none. `media`: what else it is."""

    status: int
    meaning: str
    type: Any = None
    media: str = ""


@dataclass(frozen=True)
class Header:
    """A header of the request that a view knows."""

    name: str
    meaning: str
    values: Sequence[str] = ()


@dataclass(frozen=True)
class Operation:
    """`path`: the types of the variables in the address. `body`: None where it takes none."""

    id: str
    summary: str
    answers: Sequence[Answer]
    errors: Sequence[int]
    headers: Sequence[Header]
    path: Mapping[str, Any]
    query: type[Struct]
    strict: bool
    body: Any
    error: type[Struct]


def operation(
    id: str,  # noqa: A002  # OpenAPI's name
    summary: str,
    *answers: Answer,
    errors: Sequence[int] = (),
    headers: Sequence[Header] = (),
    takes: Any = None,
    strict: bool = True,
    error: type[Struct] = Error,
) -> Callable[[View], View]:
    """Marks a view. `id` is part of the contract: programs made from the document call the operation by it.

    `errors`: statuses besides those of every view. `takes`: the type of a body that the view reads itself, as a stream
    or packed. Not `strict`: parameters that the query does not have are let pass. `error`: what errors are told as.
    """

    def mark(view: View) -> View:
        hints = _types_of(view)
        query, body = hints.get("query"), hints.get("body")

        @wraps(view)
        def call(**values: Any) -> Response:
            found = (read_query if strict else pick_query)(query or NoQuery)
            if query is not None:
                values["query"] = found
            if body is not None:
                values["body"] = read_body(body)
            return view(**values)

        path = {name: hint for name, hint in hints.items() if name not in _GIVEN}
        told = Operation(id, summary, answers, errors, headers, path, query or NoQuery, strict, takes or body, error)
        setattr(call, _OPERATION, told)
        return call

    return mark


def _types_of(view: View) -> Mapping[str, Any]:
    """Looked up once in a process, for views that are made anew with each of its walls."""
    code = view.__code__
    if code not in _TYPES:
        _TYPES[code] = get_type_hints(view, include_extras=True)
    return _TYPES[code]


def operation_of(view: object) -> Operation | None:
    return getattr(view, _OPERATION, None)


def read_body(kind: type[T], most: int = MAX_BODY) -> T:
    """The request's JSON. Raises BadRequest; a body of more than `most` bytes is refused with 413."""
    request.max_content_length = most
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"The body makes no sense: {error}.") from None
