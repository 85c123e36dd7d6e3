"""Bytes from a node -> wire objects, or an error that says what is wrong with them."""

from __future__ import annotations

import dataclasses
import json
import re
import zlib
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from livewall_dashboard.base.clock import parse_time
from livewall_dashboard.base.errors import BadRequest, Invalid, TooLarge
from livewall_dashboard.ingest.event_structs import MAX_COUNT, MAX_ITEMS, MAX_SECONDS, STRUCTS, AnyEvent
from livewall_listener import wire

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a request's body, unpacked."""
MAX_EVENTS = 10_000
MAX_WAITING = 1_000_000_000
"""Events that a node may say it keeps."""
MAX_SEQ = 2_000_000_000
"""Number of a process's last event."""
MAX_INDEXED = 2_500
"""Bytes of what runs are looked up by: an entry of an index of Postgres has at most 2,704."""

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")
_RESERVED = frozenset(("compare", "projects", "summary", "versions"))
_PROCESS = re.compile(r"[A-Za-z0-9._~-]{1,128}")
_RESULT_ID = re.compile(r"s\d+(-[stk]\d+)*")
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")

T = TypeVar("T")
E = TypeVar("E")


class _Envelope(msgspec.Struct, Generic[E]):
    process: str
    first_seq: int
    events: list[E]
    sent_at: str = ""
    now: wire.Now | None = None
    waiting: int = 0


class _Kind(msgspec.Struct):
    kind: str


_envelope = msgspec.json.Decoder(_Envelope[AnyEvent])
_raw_envelope = msgspec.json.Decoder(_Envelope[msgspec.Raw])
_kind = msgspec.json.Decoder(_Kind)
_run_info = msgspec.json.Decoder(wire.RunInfo)
_events: dict[str, msgspec.json.Decoder[Any]] = {kind: msgspec.json.Decoder(cls) for kind, cls in STRUCTS.items()}


def run_id(text: str) -> str:
    if text in _RESERVED:
        raise Invalid(f"A run cannot be called {text!r}: an address of the API has that name.")
    if not _RUN_ID.fullmatch(text):
        raise Invalid("A run id is 1 to 128 letters, digits and . _ ~ -, and starts with a letter or digit.")
    return text


def body(data: bytes, encoding: str | None) -> bytes:
    """The body unpacked; never more than `MAX_BODY` bytes of it, whatever it unpacks to."""
    if encoding in (None, "", "identity"):
        return data
    if encoding != "gzip":
        raise BadRequest(f"Content-Encoding {encoding!r} is not known here; send gzip or none.")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(data, MAX_BODY + 1)
    except zlib.error:
        raise BadRequest("The body is said to be gzip, but it is not.") from None
    if len(plain) > MAX_BODY:
        raise TooLarge(f"The body unpacks to more than {MAX_BODY} bytes; send fewer events at a time.")
    if not unpacker.eof:
        raise BadRequest("The gzip body ends too early.")
    return plain


def decode_run_info(data: bytes) -> wire.RunInfo:
    info: wire.RunInfo = _decode(_run_info, _whole_characters(data) or b"{}", "The run's metadata")
    if info.wire_version > wire.WIRE_VERSION:
        raise Invalid(
            f"The listener speaks version {info.wire_version}, this dashboard up to {wire.WIRE_VERSION}: "
            "upgrade the dashboard first.",
        )
    _require_process(info.process)
    _require_times(started_at=info.started_at, sent_at=info.sent_at)
    if len(info.labels) > MAX_ITEMS or len(info.addresses) > MAX_ITEMS:
        raise Invalid(f"A run has at most {MAX_ITEMS} labels and addresses.")
    if not 0 <= info.total <= MAX_COUNT:
        raise Invalid(f"total is a whole number from 0 to {MAX_COUNT}.")
    _repair(info)
    if len(info.root) > 1000 or len(info.origin) > 1000:
        info.root = info.origin = ""  # without them the run lacks nothing
    for text in (info.setup, info.host, info.commit, info.branch, info.repository, info.suite, info.job):
        if len(text) > 1000:
            raise Invalid("setup, host, commit, branch, repository, suite and job are at most 1000 characters.")
    if (
        len(info.setup.encode()) > MAX_INDEXED
        or len(f"{info.commit}{info.branch}{info.repository}".encode()) > MAX_INDEXED
    ):
        raise Invalid(
            f"setup, and commit, branch and repository together, are at most {MAX_INDEXED} bytes in UTF-8 each."
        )
    if info.build and info.build.url and not info.build.url.startswith(("http://", "https://")):
        info.build.url = ""  # it becomes a link on the wall
    return info


def _whole_characters(data: bytes) -> bytes:
    """Bytes of an environment that are no UTF-8 become halves of characters in JSON, which a decoder refuses."""
    if not _HALF.search(data):
        return data
    try:
        return wire.clean_name(json.dumps(json.loads(data), ensure_ascii=False)).encode()
    except (ValueError, RecursionError):
        return data  # the decoder says what is wrong with it


def _repair(info: wire.RunInfo) -> None:
    """What Postgres cannot hold is left out of names: no run is refused for a character."""
    for member in (info, info.build):
        if member is None:
            continue
        for field in dataclasses.fields(member):
            value = getattr(member, field.name)
            if isinstance(value, str):
                setattr(member, field.name, wire.clean_name(value))
    info.labels = {wire.clean_name(name): wire.clean_name(value) for name, value in info.labels.items()}
    info.addresses = [wire.clean_name(address) for address in info.addresses]


def decode_batch(data: bytes) -> wire.Batch:
    """Its events are those of `event_structs`."""
    try:
        envelope = _envelope.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        envelope = _decode_one_by_one(data)
    _require_process(envelope.process)
    if not wire.FIRST_SEQ <= envelope.first_seq <= MAX_SEQ:
        raise Invalid(f"first_seq counts from {wire.FIRST_SEQ} to {MAX_SEQ}.")
    if len(envelope.events) > MAX_EVENTS:
        raise TooLarge(f"A batch has at most {MAX_EVENTS} events; send fewer at a time.")
    _require_times(sent_at=envelope.sent_at)
    if envelope.now:
        _bound(envelope.now)
    for seq, event in enumerate(envelope.events, envelope.first_seq):
        try:
            if check := _CHECKS.get(event.kind):
                check(event)
        except ValueError as error:
            raise _faulty(seq, error) from None
    waiting = min(max(envelope.waiting, 0), MAX_WAITING)
    return wire.Batch(envelope.process, envelope.first_seq, envelope.events, envelope.sent_at, envelope.now, waiting)


def _decode_one_by_one(data: bytes) -> _Envelope[AnyEvent]:
    """A batch with a fault: raises what it is and, if it is an event's, of which."""
    envelope = _decode(_raw_envelope, data, "The batch")
    if len(envelope.events) > MAX_EVENTS:
        raise TooLarge(f"A batch has at most {MAX_EVENTS} events; send fewer at a time.")
    events = [_event(raw, seq) for seq, raw in enumerate(envelope.events, envelope.first_seq)]
    return _Envelope(envelope.process, envelope.first_seq, events, envelope.sent_at, envelope.now, envelope.waiting)


def _event(raw: msgspec.Raw, seq: int) -> Any:
    try:
        return _events[_kind.decode(raw).kind].decode(raw)
    except KeyError as error:
        raise Invalid(
            f"Event {seq} is of a kind this dashboard does not know: {error}. Known are {', '.join(wire.EVENTS)}.",
            detail={"seq": seq},
        ) from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise _faulty(seq, error) from None


def _faulty(seq: int, error: Exception) -> Invalid:
    return Invalid(f"Event {seq} is not as it should be: {error}", detail={"seq": seq})


def _bound(now: wire.Now) -> None:
    """What is seen for a moment and never stored is cut to what can be shown."""
    now.keywords = now.keywords[:MAX_ITEMS]
    now.elapsed_time = min(max(now.elapsed_time, 0.0), MAX_SECONDS)
    now.phase_elapsed_time = min(max(now.phase_elapsed_time, 0.0), MAX_SECONDS)


# ---------------------------------------------------------------------- what types cannot say: ValueError


def _check_id(event: Any) -> None:
    if len(event.id) > 1000 or not _RESULT_ID.fullmatch(event.id):
        raise ValueError(f"id is {event.id[:50]!r}, not like s1-s2-t3")


def _check_start(event: Any) -> None:
    _check_id(event)
    parse_time(event.start_time)


def _check_end(event: Any) -> None:
    _check_id(event)
    if event.status not in wire.STATUSES:
        raise ValueError(f"status is {event.status[:50]!r}, not one of {', '.join(wire.STATUSES)}")


def _check_end_test(event: Any) -> None:
    _check_end(event)
    parse_time(event.start_time)
    if not 0 <= event.lineno <= MAX_COUNT:
        event.lineno = 0  # no result is lost for the sake of it


def _check_start_suite(event: Any) -> None:
    _check_start(event)
    _check_metadata(event)


def _check_end_suite(event: Any) -> None:
    _check_end(event)
    _check_metadata(event)
    _check_phases(event)


def _check_metadata(event: Any) -> None:
    if len(event.metadata or ()) > MAX_ITEMS:
        raise ValueError(f"more than {MAX_ITEMS} metadata entries")


def _check_phases(event: Any) -> None:
    for phase in (event.setup, event.teardown):
        if phase and not -MAX_SECONDS <= phase.elapsed_time <= MAX_SECONDS:
            raise ValueError(f"elapsed_time is {phase.elapsed_time:g} s, and a duration is at most {MAX_SECONDS:g} s")


_CHECKS: dict[str, Callable[[Any], None]] = {
    wire.StartSuite.kind: _check_start_suite,
    wire.EndSuite.kind: _check_end_suite,
    wire.StartTest.kind: _check_start,
    wire.EndTest.kind: _check_end_test,
    wire.CorrectTest.kind: _check_end,
    wire.CorrectSuite.kind: _check_end,
}


# ---------------------------------------------------------------------- bytes


def _decode(decoder: msgspec.json.Decoder[T], data: bytes, what: str) -> T:
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise Invalid(f"{what} is not as it should be: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"{what} is not JSON: {error}") from None
    except RecursionError:
        raise BadRequest(f"{what} is nested too deeply.") from None


def _require_process(process: str) -> None:
    if not _PROCESS.fullmatch(process):
        raise Invalid("process is 1 to 128 letters, digits and . _ ~ -.")


def _require_times(**times: str) -> None:
    for name, text in times.items():
        if not text:
            continue
        try:
            parse_time(text)
        except ValueError:
            raise Invalid(f"{name} is {text[:50]!r}, not a time in ISO 8601.") from None
