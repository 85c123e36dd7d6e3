"""JSON schemas of the types that the API reads and writes, for the OpenAPI document."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

Schema = dict[str, Any]

Number = Annotated[int, Meta(ge=0)]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]

_REF = "#/components/schemas/{name}"
_BYTES: Schema = {"type": "string", "format": "binary"}


@dataclass(frozen=True, eq=False)
class Handmade:
    """A schema that no type gives, with those it leads to: `components` by name, its own among them."""

    name: str
    components: Mapping[str, Schema]


class ErrorDetail(Struct):
    code: str
    message: str
    detail: dict[str, Any]


class Error(Struct):
    error: ErrorDetail


class Release(Struct):
    commit: str
    subject: str
    branch: str
    deployed_at: str


def schema_of(kind: Any) -> Schema:
    """A reference, where the schema is a component's."""
    if isinstance(kind, Handmade):
        return ref(kind.name)
    if kind is bytes:
        return _BYTES
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REF)
    return schema


def components(kinds: Iterable[Any]) -> Schema:
    """The schemas that those of `kinds` lead to, by name."""
    found = list(kinds)
    _, of_types = msgspec.json.schema_components(
        [kind for kind in found if not isinstance(kind, Handmade)], ref_template=_REF
    )
    by_hand = [kind.components for kind in found if isinstance(kind, Handmade)]
    every = {name: schema for part in (of_types, *by_hand) for name, schema in part.items()}
    return {name: _described(every[name]) for name in sorted(every)}


def ref(name: str) -> Schema:
    return {"$ref": _REF.format(name=name)}


def _described(schema: Schema) -> Schema:
    """Descriptions are docstrings, which are indented in the source and, since Python 3.13, nowhere else."""
    return {**schema, "description": inspect.cleandoc(schema["description"])} if "description" in schema else schema
