"""The wire's events as classes that msgspec fills thousands at a time, in a third of what dataclasses take.

The wire's own are dataclasses, for a node has the standard library alone. These have the same members and the same
`kind`, and are none of those: what takes events in goes by their `kind`.
"""

from __future__ import annotations

import dataclasses
from functools import reduce
from operator import attrgetter, or_
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import msgspec
from msgspec import Meta

from livewall_listener import wire

MAX_NAME = 200_000
"""Characters of a name or longname."""
MAX_ITEMS = 2_000
"""Tags of a test, metadata entries of a suite, labels of a run, keywords of a sample."""
MAX_COUNT = 100_000_000
"""Tests, warnings, lost events of a process: the sums over a run's processes must fit Postgres's integer as well."""
MAX_SECONDS = 1e10
"""A duration, either way (clocks are set back): three centuries. What is reckoned with a longer one is no time."""

_Name = Annotated[str, Meta(max_length=MAX_NAME)]
_Count = Annotated[int, Meta(ge=0, le=MAX_COUNT)]
_BOUNDED: dict[str, Any] = {
    "name": _Name,
    "longname": _Name,
    "tests": list[_Name],
    "message": Annotated[str, Meta(max_length=wire.MAX_TEXT + 100)],
    "elapsed_time": Annotated[float, Meta(ge=-MAX_SECONDS, le=MAX_SECONDS)],
    "tags": Annotated[tuple[str, ...], Meta(max_length=MAX_ITEMS)],
    **dict.fromkeys(("total", "test_count", "count", "passed", "failed", "skipped", "warnings", "errors"), _Count),
}
"""Of members by their name."""


def _struct_of(cls: type[wire.Event]) -> Any:
    hints = get_type_hints(cls)
    members = [
        (member.name, _BOUNDED.get(member.name, hints[member.name]), _default_of(member))
        for member in dataclasses.fields(cls)
    ]
    kind = {"kind": cls.kind}
    return msgspec.defstruct(cls.__name__, members, tag_field="kind", tag=cls.kind, namespace=kind, gc=False)


def _default_of(member: dataclasses.Field[Any]) -> Any:
    if member.default_factory is not dataclasses.MISSING:
        return msgspec.field(default_factory=member.default_factory)
    return msgspec.NODEFAULT if member.default is dataclasses.MISSING else member.default


STRUCTS: dict[str, Any] = {kind: _struct_of(cls) for kind, cls in wire.EVENTS.items()}
"""By kind."""
if TYPE_CHECKING:
    AnyEvent = wire.Event
else:
    AnyEvent = reduce(or_, STRUCTS.values())

kind_of = attrgetter("kind")
