"""Bodies as uploaders send them: JSON or a form, with an `api_key` in it that goes no further than the guard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import request

from livewall_dashboard.access.guard import Guard
from livewall_dashboard.base.errors import BadRequest

KEY = "api_key"
MAX_COMMIT = 1024 * 1024
"""Bytes of a commit that is registered."""

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_members(guard: Guard, data: bytes, *, refusal: str) -> dict[str, Any]:
    """The members of the request's form or of the JSON in `data`, `api_key` aside; `Raw` where they are JSON.

    Raises what the guard does, and BadRequest with `refusal`.
    """
    members: dict[str, Any] | None = request.form.to_dict()
    if not members:
        members = _decoded(data)
    key = (members or {}).pop(KEY, None)
    guard.admit_key(_text(key))
    if members is None:
        raise BadRequest(refusal)
    return members


def value_of(members: Mapping[str, Any], name: str, otherwise: Any = None) -> Any:
    """A member as plain data. Raises BadRequest."""
    value = members.get(name, otherwise)
    if not isinstance(value, msgspec.Raw):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"'{name}' makes no sense: {error}") from None


def _decoded(data: bytes) -> dict[str, Any] | None:
    try:
        return dict(_members.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _text(key: object) -> str | None:
    if isinstance(key, msgspec.Raw):
        try:
            key = msgspec.json.decode(key)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
    return key if isinstance(key, str) and key else None
