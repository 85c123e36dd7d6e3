"""Wire objects -> JSON bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from livewall_listener import wire

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_MEMBERS = {kind: [member.name for member in fields(kind)] for kind in wire.EVENTS.values()}


def event(item: wire.Event) -> bytes:
    """One line: JSON holds no bare newline."""
    members: dict[str, Any] = {"kind": item.kind}
    for name in _MEMBERS[type(item)]:
        members[name] = getattr(item, name)
    if isinstance(item, wire.EndSuite):
        members["setup"], members["teardown"] = (phase and asdict(phase) for phase in (item.setup, item.teardown))
    return _utf8(_dumps(members))


def run_info(info: wire.RunInfo) -> bytes:
    return _utf8(_dumps(asdict(info)))


def batch(
    process: str, first_seq: int, events: Iterable[bytes], *, sent_at: str, now: wire.Now | None, waiting: int = 0
) -> bytes:
    """The body of a POST; the events are encoded already, so that sending again costs nothing."""
    head = {
        "process": process,
        "first_seq": first_seq,
        "sent_at": sent_at,
        "now": now and asdict(now),
        "waiting": waiting,
    }
    return b'%s,"events":[%s]}' % (_utf8(_dumps(head))[:-1], b",".join(events))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
