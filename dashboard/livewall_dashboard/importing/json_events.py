"""JSON of any size as a stream of events: what is of no interest is passed over and never held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import ijson

from livewall_dashboard.importing.model import Unreadable

Events = Iterator[tuple[str, Any]]
"""ijson's: (kind, value), such as ("map_key", "name") and ("string", "Login")."""


def events_of(pieces: Iterable[bytes]) -> Events:
    """Raises `Unreadable`."""
    try:
        yield from ijson.basic_parse(_Stream(pieces), use_float=True)
    except ijson.IncompleteJSONError:
        raise Unreadable("It ends in the middle, or is no JSON.") from None
    except (ijson.JSONError, ValueError, OverflowError) as error:
        raise Unreadable(f"It is no JSON: {str(error).splitlines()[0][:200]}.") from None


def keys_of(events: Events, opening: str = "") -> Iterator[str]:
    """The keys of the object that comes next, or has just begun; the value of each is to be read before the next."""
    kind = opening or next(events)[0]
    if kind != "start_map":
        raise Unreadable("It has something else where an object should be.")
    for kind, value in events:
        if kind == "end_map":
            return
        yield value


def items_of(events: Events) -> Iterator[str]:
    """The kinds of the events by which the items of the next list begin; each is to be read before the next one."""
    if next(events)[0] != "start_array":
        raise Unreadable("It has something else where a list should be.")
    for kind, _ in events:
        if kind == "end_array":
            return
        yield kind


def skip(events: Events) -> None:
    """Pass over the value that comes next."""
    depth = 0
    for kind, _ in events:
        depth += _DEPTH.get(kind, 0)
        if depth == 0:
            return


def value(events: Events, opening: tuple[str, Any] | None = None) -> Any:
    """The value that comes next, whole: it should be small."""
    kind, scalar = opening or next(events)
    if kind == "start_map":
        return {key: value(events) for key in keys_of(events, kind)}
    if kind == "start_array":
        found = []
        for event in events:
            if event[0] == "end_array":
                break
            found.append(value(events, event))
        return found
    return scalar


def text(events: Events) -> str:
    """The text that comes next; "" for null."""
    found = value(events)
    if not isinstance(found, (str, type(None))):
        raise Unreadable("It has something else where a text should be.")
    return found or ""


_DEPTH = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}


class _Stream:
    """The pieces as a file that ijson reads."""

    def __init__(self, pieces: Iterable[bytes]):
        self._pieces = iter(pieces)

    def read(self, size: int) -> bytes:
        return next(self._pieces, b"") if size else b""
