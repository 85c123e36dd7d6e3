"""Cursors of lists: opaque to who reads the API, a place in an order to us."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from livewall_dashboard.base.clock import from_iso
from livewall_dashboard.base.errors import BadRequest


class Big(int):
    """A number of Postgres's type bigint."""


_MAX: dict[type, int] = {int: 2**31 - 1, Big: 2**63 - 1}


def encode(values: Sequence[datetime | int | str]) -> str:
    """A cursor that stands for these values."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, *types: type) -> list[Any]:
    """The values, each `int`, `Big`, `str` or `datetime` (with a zone) as `types` say. Raises `BadRequest`."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        if not isinstance(plain, list) or len(plain) != len(types):
            raise ValueError("another number of values")
        return [_value(value, wanted) for value, wanted in zip(plain, types, strict=True)]
    except (ValueError, binascii.Error, RecursionError):
        raise BadRequest(
            "This cursor is not one of this list; take it unchanged from `next` of the page before."
        ) from None


def _value(value: object, wanted: type) -> datetime | int | str:
    if wanted is str:
        if not isinstance(value, str) or "\0" in value:
            raise ValueError("no text")
        value.encode()  # which half of a pair has no form in: it is no text to Postgres
        return value
    if wanted in _MAX:
        if type(value) is not int or not 0 <= value <= _MAX[wanted]:
            raise ValueError("no number")
        return value
    moment = from_iso(str(value))
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment
