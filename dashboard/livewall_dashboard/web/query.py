"""The query of a request: a view's parameters are one struct, read here and told of in the OpenAPI document.

A member is text, one of a `Literal`'s texts, or a number within its bounds; its description is what the document says:

    class RunsQuery(Struct):
        setup: Annotated[str | None, Meta(description="Of this setup")] = None
        limit: Limit = 50
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from flask import request
from msgspec import Meta, Struct

from livewall_dashboard.base.errors import BadRequest

MAX_LENGTH = 7000
"""Characters of a parameter."""
MAX_LIMIT = 1000

Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="Rows of a page")]

Query = TypeVar("Query", bound=Struct)
Schema = dict[str, Any]

_NUMBER = re.compile(r"[0-9]{1,9}")
"""Longer ones are none that anybody means, and of 4,300 digits Python makes no number at all."""


@dataclass(frozen=True)
class Parameter:
    """A member of a query. `read` makes its value of the text given; it raises BadRequest."""

    name: str
    meaning: str
    required: bool
    schema: Schema
    read: Callable[[str], Any]


def read_query(kind: type[Query]) -> Query:
    """The request's parameters. Raises BadRequest for any that is unknown, missing, given twice or of no meaning."""
    known = parameters_of(kind)
    given = _given([parameter.name for parameter in known])
    for parameter in known:
        if parameter.required and parameter.name not in given:
            raise BadRequest(f"The parameter {parameter.name} is missing.")
    return kind(**{each.name: each.read(given[each.name]) for each in known if each.name in given})


def pick_query(kind: type[Query]) -> Query:
    """The same without objections: other parameters are left to whoever added them, and "" counts as given."""
    known = parameters_of(kind)
    return kind(**{each.name: each.read(request.args[each.name]) for each in known if each.name in request.args})


@cache
def parameters_of(kind: type[Struct]) -> list[Parameter]:
    """What the struct takes, in its order. Raises TypeError for a member of a kind that no parameter can be."""
    hints = get_type_hints(kind, include_extras=True)
    return [_parameter(field, hints[field.name]) for field in msgspec.structs.fields(kind)]


def meaning_of(hint: Any) -> str:
    """The description that an annotated type carries; "" where there is none."""
    notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((note.description for note in notes if isinstance(note, Meta) and note.description), "")


def _given(known: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, values in request.args.lists():
        if name not in known:
            raise BadRequest(f"There is no parameter {name[:100]!r} here; known are {', '.join(known) or 'none'}.")
        if len(values) > 1:
            raise BadRequest(f"{name} is given {len(values)} times; once is enough.")
        if len(values[0]) > MAX_LENGTH or "\0" in values[0]:
            raise BadRequest(f"{name} is text of at most {MAX_LENGTH} characters, without NUL.")
        if values[0]:
            given[name] = values[0]
    return given


def _parameter(field: msgspec.structs.FieldInfo, hint: Any) -> Parameter:
    bare = _without_none(get_args(hint)[0] if get_origin(hint) is Annotated else hint)
    schema: Schema = {"type": "string", "maxLength": MAX_LENGTH}
    read: Callable[[str], Any] = str
    if bare is int:
        described = msgspec.json.schema(hint)
        schema = {"type": "integer", "minimum": described["minimum"], "maximum": described["maximum"]}
        read = _number_reader(field.name, schema["minimum"], schema["maximum"])
    elif get_origin(bare) is Literal:
        schema["enum"] = list(get_args(bare))
        read = _choice_reader(field.name, schema["enum"])
    elif bare is not str:
        raise TypeError(f"{field.name} is {bare}: a parameter is text, one of a Literal's texts, or a number")
    if not field.required and field.default is not None:
        schema["default"] = field.default
    return Parameter(field.name, meaning_of(hint), field.required, schema, read)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    return kinds[0] if len(kinds) == 1 else hint


def _number_reader(name: str, least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
            raise BadRequest(f"{name} is a number from {least} to {most}, not {text[:50]!r}.")
        return int(text)

    return read


def _choice_reader(name: str, choices: Iterable[str]) -> Callable[[str], str]:
    *others, last = choices
    known = f"{', '.join(others)} or {last}" if others else last

    def read(text: str) -> str:
        if text not in (*others, last):
            raise BadRequest(f"{name} is {known}, not {text[:50]!r}.")
        return text

    return read
