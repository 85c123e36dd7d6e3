"""What nodes are answered, and what they send as JSON schemas."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from msgspec import Struct, UnsetType

from livewall_dashboard.web.schemas import Error, Handmade, Number, ref, schema_of
from livewall_listener import wire


class Registered(Struct):
    id: str
    ack_upto: Number


class Acknowledgement(Struct):
    ack_upto: Number


class GapError(Error):
    expected_seq: Number


class NotStoredError(Error):
    seen_upto: Number | UnsetType = msgspec.UNSET


@cache
def batch_schema() -> Handmade:
    """`wire.Batch` as it travels: each event with its `kind`, of which its type does not know that it is a member."""
    kinds = [*wire.EVENTS.values(), wire.Now]
    _, parts = msgspec.json.schema_components(kinds, ref_template=ref("{name}")["$ref"])
    events = {cls.__name__: _with_kind(parts[cls.__name__], kind) for kind, cls in wire.EVENTS.items()}
    return Handmade("Batch", {**parts, **events, "Batch": _BATCH})


def _with_kind(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        **schema,
        "properties": {"kind": {"const": kind}, **schema["properties"]},
        "required": ["kind", *schema.get("required", [])],
    }


_ONE_EVENT = {
    "oneOf": [ref(cls.__name__) for cls in wire.EVENTS.values()],
    "discriminator": {
        "propertyName": "kind",
        "mapping": {kind: ref(cls.__name__)["$ref"] for kind, cls in wire.EVENTS.items()},
    },
}
_BATCH = {
    "type": "object",
    "properties": {
        "process": {"type": "string"},
        "first_seq": {"type": "integer", "minimum": wire.FIRST_SEQ},
        "events": {"type": "array", "items": _ONE_EVENT},
        "sent_at": {"type": "string"},
        "now": {"anyOf": [{"type": "null"}, ref("Now")]},
        "waiting": schema_of(Number),
    },
    "required": ["process", "first_seq", "events"],
}
