"""The query of a request: a view's parameters are one struct, read here and told of in the OpenAPI document.

A member is text, one of a `Literal`'s texts, a number within its bounds, or a list of texts, given as often as wanted;
its description is what the document says, and it may be called otherwise there:

    class RunsQuery(Struct):
        setup: Annotated[str | None, Meta(description="Of this setup")] = None
        label: Annotated[list[str], Meta(description="With this label")] = []
        since: Annotated[str | None, Meta(description="From then on")] = field(default=None, name="from")
        limit: Limit = 50
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from flask import request
from msgspec import Meta, Struct
from werkzeug.datastructures import MultiDict

from livewall_dashboard.base.errors import BadRequest

MAX_LENGTH = 7000
"""Characters of a parameter."""
MAX_REPEATED = 100
"""How often a parameter may be given that is a list."""
MAX_LIMIT = 1000

Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="Rows of a page")]

MAY_REPEAT = {"may_repeat": True}
"""`Meta(extra=MAY_REPEAT)` of a text that may be given many times, where a view that is not strict reads the others."""

Query = TypeVar("Query", bound=Struct)
Schema = dict[str, Any]

_NUMBER = re.compile(r"[0-9]{1,9}")
"""Longer ones are none that anybody means, and of 4,300 digits Python makes no number at all."""


@dataclass(frozen=True)
class Parameter:
    """A member of a query. `read` makes its value of the text given; it raises BadRequest.

    `name`: as it is given, `member`: as the struct has it. `is_list`: it is a list of what is given. `may_repeat`: it
    is the first of these.
    """

    name: str
    member: str
    meaning: str
    required: bool
    schema: Schema
    read: Callable[[str], Any]
    is_list: bool = False
    may_repeat: bool = False

    def value(self, given: Sequence[str]) -> Any:
        return [self.read(text) for text in given] if self.is_list else self.read(given[0])


def read_query(kind: type[Query], given: MultiDict[str, str] | None = None) -> Query:
    """The request's parameters, or those `given`.

    Raises BadRequest for any that is unknown, missing, given too often or of no meaning.
    """
    known = {parameter.name: parameter for parameter in parameters_of(kind)}
    texts = _given(known, request.args if given is None else given)
    for parameter in known.values():
        if parameter.required and parameter.name not in texts:
            raise BadRequest(f"The parameter {parameter.name} is missing.")
    return kind(**{known[name].member: known[name].value(values) for name, values in texts.items()})


def pick_query(kind: type[Query]) -> Query:
    """The same with fewer objections: other parameters are left to whoever added them, and "" counts as given.

    Raises BadRequest for what is given too often, lest one of two counts and nobody knows which.
    """
    known = [each for each in parameters_of(kind) if each.name in request.args]
    once = [each.name for each in known if not each.is_list and not each.may_repeat]
    refuse_repeated(request.args, once)
    return kind(**{each.member: each.value(request.args.getlist(each.name)) for each in known})


def refuse_repeated(asked: MultiDict[str, str], names: Iterable[str]) -> None:
    """Raises BadRequest where one of these is given more than once."""
    for name in names:
        if (times := len(asked.getlist(name))) > 1:
            raise BadRequest(f"{name[:100]} is given {times} times; once is enough.")


@cache
def parameters_of(kind: type[Struct]) -> list[Parameter]:
    """What the struct takes, in its order. Raises TypeError for a member of a kind that no parameter can be."""
    hints = get_type_hints(kind, include_extras=True)
    return [_parameter(field, hints[field.name]) for field in msgspec.structs.fields(kind)]


def meaning_of(hint: Any) -> str:
    """The description that an annotated type carries; "" where there is none."""
    notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((note.description for note in notes if isinstance(note, Meta) and note.description), "")


def _given(known: Mapping[str, Parameter], asked: MultiDict[str, str]) -> dict[str, list[str]]:
    """What is not empty."""
    given: dict[str, list[str]] = {}
    for name, values in asked.lists():
        if name not in known:
            raise BadRequest(f"There is no parameter {name[:100]!r} here; known are {', '.join(known) or 'none'}.")
        if len(values) > (MAX_REPEATED if known[name].is_list else 1):
            enough = f"at most {MAX_REPEATED}" if known[name].is_list else "once"
            raise BadRequest(f"{name} is given {len(values)} times; {enough} is enough.")
        if any(len(value) > MAX_LENGTH or "\0" in value for value in values):
            raise BadRequest(f"{name} is text of at most {MAX_LENGTH} characters, without NUL.")
        if any(values):
            given[name] = [value for value in values if value]
    return given


def _parameter(field: msgspec.structs.FieldInfo, hint: Any) -> Parameter:
    bare = _without_none(get_args(hint)[0] if get_origin(hint) is Annotated else hint)
    schema: Schema = {"type": "string", "maxLength": MAX_LENGTH}
    read: Callable[[str], Any] = str
    if bare is int:
        described = msgspec.json.schema(hint)
        schema = {"type": "integer", "minimum": described["minimum"], "maximum": described["maximum"]}
        read = _number_reader(field.encode_name, schema["minimum"], schema["maximum"])
    elif get_origin(bare) is Literal:
        schema["enum"] = list(get_args(bare))
        read = _choice_reader(field.encode_name, schema["enum"])
    elif bare == list[str]:
        schema = {"type": "array", "items": schema, "maxItems": MAX_REPEATED}
    elif bare is not str:
        raise TypeError(
            f"{field.name} is {bare}: a parameter is text, one of a Literal's texts, a number, or list[str]"
        )
    if not field.required and field.default not in (None, msgspec.NODEFAULT):
        schema["default"] = field.default
    is_list = bare == list[str]
    may_repeat = any(isinstance(note, Meta) and note.extra == MAY_REPEAT for note in get_args(hint)[1:])
    return Parameter(field.encode_name, field.name, meaning_of(hint), field.required, schema, read, is_list, may_repeat)


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
