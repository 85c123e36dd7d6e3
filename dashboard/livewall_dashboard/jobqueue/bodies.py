"""What programs send: JSON of any writer, read as leniently as it may be."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

import msgspec
from flask import request

from livewall_dashboard.base.errors import BadRequest, LivewallError
from livewall_dashboard.jobqueue.errors import invalid
from livewall_dashboard.web.headers import MAX_BODY

T = TypeVar("T")

MAX_DEPTH = 100
"""Lists and objects in each other: a program that reads a job, in whatever language, can do that many."""
LONGEST_ECHO = 500
"""Characters of what was sent that are told in an error."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""What a page of another site can make a browser send without asking."""


class UnsupportedMediaType(LivewallError):
    code, http_status = "unsupported_media_type", 415


def read_object(most: int = MAX_BODY) -> dict[str, Any]:
    """The request's JSON object, of at most so many bytes. Raises BadRequest, RequestEntityTooLarge."""
    request.max_content_length = most
    return object_of(request.get_data(cache=False))


def object_of(body: bytes) -> dict[str, Any]:
    """Raises BadRequest for what is no JSON object."""
    found = loads(body)
    if not isinstance(found, dict):
        raise BadRequest("The body is a JSON object.")
    return found


def refuse_forms() -> None:
    """For what runs commands: a form of another site's page cannot send JSON. Raises UnsupportedMediaType."""
    if request.mimetype in FORMS:
        raise UnsupportedMediaType(f"Send JSON, with Content-Type: application/json, not {request.mimetype}.")


def loads(body: bytes) -> Any:
    """JSON as Python's own writers make it, which also write halves of surrogate pairs: they come as U+FFFD.

    Raises BadRequest, also for what others could not read again: numbers without end, and what is nested too deeply.
    """
    try:
        text = _text(body)
        found = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        if "\\u" in text:
            found = json.loads(_whole(json.dumps(found, ensure_ascii=False)))
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is no JSON: {str(error)[:200]}.") from None
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_deeper(found, MAX_DEPTH):
        raise BadRequest(f"The body is nested too deeply: at most {MAX_DEPTH} lists and objects in each other.")
    return found


def dumps(value: object) -> str:
    """For a column of type json: it takes any text, NUL included, as escapes."""
    return json.dumps(value, separators=(",", ":"))


def convert(body: dict[str, Any], kind: type[T]) -> T:
    """`body` as a struct, whose members must be of its types; others are let pass. Raises Invalid."""
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        why, _, place = str(error).partition(" - at `$.")
        member = place.removesuffix("`").partition("[")[0].partition(".")[0] or _missing(why)
        raise invalid(member[:LONGEST_ECHO] or "body", why[:LONGEST_ECHO]) from None


def _missing(why: str) -> str:
    """Object missing required field `x` -> x."""
    return why.rpartition(" `")[2].removesuffix("`") if "missing required field" in why else ""


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(body: bytes) -> str:
    encoding = json.detect_encoding(body)
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:  # perhaps for such a half alone
        return _whole(body.decode(encoding, "surrogatepass"))


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:50]} is too large")
    return number


def _is_deeper(value: object, most: int) -> bool:
    level = [value]
    for _ in range(most + 1):
        level = [inner for each in level for inner in _members(each)]
        if not level:
            return False
    return True


def _members(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
