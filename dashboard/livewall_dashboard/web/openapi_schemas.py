"""The schemas of the OpenAPI document: from the types that are decoded and encoded, and the few that are no type."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from livewall_dashboard.history import resources
from livewall_dashboard.jenkins import model
from livewall_listener import wire

Schema = dict[str, Any]

_REF = "#/components/schemas/{name}"

_ANSWERS = (
    resources.RunList,
    resources.RunDetail,
    resources.SuiteList,
    resources.TestList,
    resources.TestHistory,
    resources.SetupsOfTest,
    resources.SetupList,
    resources.ArtifactLink,
    model.SetupBuilds,
    model.BuildsOfSetups,
    model.Crumb,
    model.Queued,
    model.StartBuild,
    model.StopBuild,
)


def schemas() -> Schema:
    _, answers = msgspec.json.schema_components(_ANSWERS, ref_template=_REF)
    _, received = msgspec.json.schema_components([*wire.EVENTS.values(), wire.RunInfo, wire.Now], ref_template=_REF)
    events = {cls.__name__: _with_kind(received[cls.__name__], kind) for kind, cls in wire.EVENTS.items()}
    return {**{name: _described(schema) for name, schema in {**answers, **received, **events}.items()}, **_handmade()}


def _described(schema: Schema) -> Schema:
    """Descriptions are docstrings, which are indented in the source and, since Python 3.13, nowhere else."""
    return {**schema, "description": inspect.cleandoc(schema["description"])} if "description" in schema else schema


def _with_kind(schema: Schema, kind: str) -> Schema:
    return {
        **schema,
        "properties": {"kind": {"const": kind}, **schema["properties"]},
        "required": ["kind", *schema.get("required", [])],
    }


def _handmade() -> Schema:
    """What is no type of its own in the program."""
    number = {"type": "integer", "minimum": 0}
    text = {"type": "string"}
    events = [ref(cls.__name__) for cls in wire.EVENTS.values()]
    mapping = {kind: _REF.format(name=cls.__name__) for kind, cls in wire.EVENTS.items()}
    release = {"anyOf": [{"type": "null"}, ref("Release")]}
    error = object_of({"code": text, "message": text, "detail": {"type": "object"}})
    return {
        "Batch": object_of(
            {
                "process": text,
                "first_seq": {"type": "integer", "minimum": wire.FIRST_SEQ},
                "events": {
                    "type": "array",
                    "items": {"oneOf": events, "discriminator": {"propertyName": "kind", "mapping": mapping}},
                },
                "sent_at": text,
                "now": {"anyOf": [{"type": "null"}, ref("Now")]},
                "waiting": number,
            },
            required=["process", "first_seq", "events"],
        ),
        "Registered": object_of({"id": text, "ack_upto": number}, required=["id", "ack_upto"]),
        "Acknowledgement": object_of({"ack_upto": number}),
        "Received": object_of({"received": number}),
        "Snapshot": object_of(
            {
                "seq": number,
                "server_time": {"type": "string", "format": "date-time"},
                "version": text,
                "release": release,
                "notices": {"type": "array", "items": object_of({"kind": text, "text": text, "since": text})},
                "setups": {
                    "type": "array",
                    "items": {"type": "object", "description": "A tile", "required": ["setup", "state"]},
                },
            }
        ),
        "Release": object_of({"commit": text, "subject": text, "branch": text, "deployed_at": text}),
        "Health": object_of(
            {
                "status": {"enum": ["ok", "unwell"]},
                "reasons": {"type": "object", "additionalProperties": text},
                "checks": {"type": "array", "items": text},
                "version": text,
                "release": release,
                "started_at": {"type": "string", "format": "date-time"},
            }
        ),
        "Error": object_of({"error": error}),
        "GapError": object_of({"error": error, "expected_seq": number}),
        "NotStoredError": object_of({"error": error, "seen_upto": number}, required=["error"]),
        "OffsetError": object_of({"error": error, "expected_offset": number}),
    }


def ref(name: str) -> Schema:
    return {"$ref": _REF.format(name=name)}


def object_of(properties: Schema, required: list[str] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
    }
