"""Wire objects -> JSON bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from json.encoder import encode_basestring as _quote
from typing import Any

from livewall_listener import wire

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_MOST_BYTES = {"setup": 1000, "host": 1000, "repository": 800, "branch": 800, "commit": 800}
"""Of names that the wall looks up by, in UTF-8."""
_MOST_CHARACTERS = 1000
_MOST_ITEMS = 1000
_MOST_COUNTED = 100_000_000
_YEARS = range(1970, 2200)
"""A clock that is wrong by centuries says nothing."""
_MEMBERS = {kind: [member.name for member in fields(kind)] for kind in wire.EVENTS.values()}


def event(item: wire.Event) -> bytes:
    """One line: JSON holds no bare newline."""
    if isinstance(item, wire.EndTest):
        return _utf8(_end_test(item))
    if isinstance(item, wire.StartTest):
        return _utf8(_start_test(item))
    members: dict[str, Any] = {"kind": item.kind}
    for name in _MEMBERS[type(item)]:
        members[name] = getattr(item, name)
    if isinstance(item, wire.EndSuite):
        members["setup"], members["teardown"] = (phase and asdict(phase) for phase in (item.setup, item.teardown))
    return _utf8(_dumps(members))


def _start_test(item: wire.StartTest) -> str:
    """The events of tests come by the thousand, and robot's own thread may be who encodes them: five times as fast."""
    return (
        f'{{"kind":"start_test","id":{_quote(item.id)},"name":{_quote(item.name)},'
        f'"longname":{_quote(item.longname)},"start_time":{_quote(item.start_time)}}}'
    )


def _end_test(item: wire.EndTest) -> str:
    return (
        f'{{"kind":"end_test","id":{_quote(item.id)},"name":{_quote(item.name)},"longname":{_quote(item.longname)},'
        f'"status":{_quote(item.status)},"message":{_quote(item.message)},"start_time":{_quote(item.start_time)},'
        f'"elapsed_time":{item.elapsed_time!r},"lineno":{item.lineno},"tags":[{",".join(map(_quote, item.tags))}],'
        f'"source":{_quote(item.source)}}}'
    )


def decode_event(text: bytes) -> wire.Event:
    """What `event` made a line of."""
    members = json.loads(text)
    kind = wire.EVENTS[members.pop("kind")]
    if kind is wire.EndSuite:
        for name in ("setup", "teardown"):
            members[name] = members[name] and wire.Phase(**members[name])
    return kind(**members)


def registration(run: Mapping[str, Any]) -> bytes:
    """The body of the PUT of a run, in a form that every wall takes.

    `run` are members of a `wire.RunInfo`, of whatever the environment, arguments, Robot Framework's variables or an
    older spool hold: nothing in there may keep a run from being reported, so it is repaired, cut or left out.
    """
    fit: dict[str, Any] = _fit(run)
    for name, most in _MOST_BYTES.items():
        if name in fit:
            fit[name] = fit[name].encode()[:most].decode("utf-8", "ignore")
    for name in ("started_at", "sent_at"):
        if not _time(str(fit.get(name, ""))):
            fit.pop(name, None)
    return _utf8(_dumps(fit))


def _fit(value: Any) -> Any:
    if isinstance(value, str):
        return wire.clean_name(value)[:_MOST_CHARACTERS]
    if isinstance(value, Mapping):
        return {_fit(str(name)): _fit(item) for name, item in list(value.items())[:_MOST_ITEMS]}
    if isinstance(value, (list, tuple)):
        return [_fit(item) for item in value[:_MOST_ITEMS]]
    if isinstance(value, int) and not isinstance(value, bool):
        return min(max(value, 0), _MOST_COUNTED)
    return value


def batch(
    process: str, first_seq: int, events: Iterable[bytes], *, sent_at: str, now: wire.Now | None, waiting: int = 0
) -> bytes:
    """The body of a POST; the events are encoded already, so that sending again costs nothing."""
    head = {
        "process": process,
        "first_seq": first_seq,
        "sent_at": _time(sent_at),
        "now": now and asdict(now),
        "waiting": waiting,
    }
    return b'%s,"events":[%s]}' % (_utf8(_dumps(head))[:-1], b",".join(events))


def _time(text: str) -> str:
    """The time, as this listener writes it; "" where it is none that says something."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return ""
    is_ours = text[10:11] == "T" and text.endswith("+00:00")
    return text if is_ours and time.year in _YEARS else ""


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
