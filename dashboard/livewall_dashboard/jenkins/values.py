"""Looks into JSON of which nothing is certain: what is missing or of another type is as good as empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

Object = Mapping[str, Any]

LATEST = 253_000_000_000.0
"""Seconds: the year 9987. What is later is no time."""
LONGEST = 2**53
TEXT = 2000
"""Characters of any text that is kept."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=timezone.utc)


def text(holder: Object, name: str, limit: int = TEXT) -> str:
    value = holder.get(name)
    if isinstance(value, str):
        return printable(value[:limit])
    return ""


def printable(value: str) -> str:
    """Without what Postgres, JSON or UTF-8 cannot carry: NUL and halves of a surrogate pair."""
    if value.isascii() and "\0" not in value:
        return value
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def whole(holder: Object, name: str) -> int | None:
    value = holder.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -LONGEST < value < LONGEST:
        return None
    return int(value)


def flag(holder: Object, name: str, missing: bool = False) -> bool:
    value = holder.get(name)
    return value if isinstance(value, bool) else missing


def objects(holder: Object, name: str) -> Iterator[Object]:
    """The objects in a list."""
    value = holder.get(name)
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def whole_text(value: object) -> str | None:
    """The text if it can be kept to the letter, else None."""
    return value if isinstance(value, str) and len(value) <= TEXT and printable(value) == value else None


def inner(holder: Object, name: str) -> Object:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def time(holder: Object, name: str) -> str | None:
    """Milliseconds since 1970 as ISO 8601."""
    value = whole(holder, name)
    if value is None or not 0 < value / 1000 < LATEST:
        return None
    return (_BEGINNING + timedelta(milliseconds=value)).isoformat()


def seconds(holder: Object, name: str) -> float | None:
    """Milliseconds as seconds; None for what is below 0, which is how Jenkins says that it does not know."""
    value = whole(holder, name)
    return None if value is None or value < 0 else value / 1000


def link(holder: Object, name: str) -> str:
    """An address that a browser may be led to, or ""."""
    value = text(holder, name)
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme in ("http", "https") and parts.hostname else ""
