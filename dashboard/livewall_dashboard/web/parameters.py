"""Query parameters: only known ones, each once, and of the right kind."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import request

from livewall_dashboard.base.errors import BadRequest

MAX_LENGTH = 7000
MAX_LIMIT = 1000

LIMIT = "limit"

_NUMBER = re.compile(r"[0-9]{1,9}")
"""Longer ones are none that anybody means, and of 4,300 digits Python makes no number at all."""


def parameters(*known: str, limit: int | None = None) -> Mapping[str, str]:
    """The request's parameters. Raises BadRequest for others than `known` and, where a list has one, `limit`."""
    allowed = (*known, LIMIT) if limit is not None else known
    given: dict[str, str] = {}
    for name, values in request.args.lists():
        if name not in allowed:
            raise BadRequest(f"There is no parameter {name[:100]!r} here; known are {', '.join(allowed) or 'none'}.")
        if len(values) > 1:
            raise BadRequest(f"{name} is given {len(values)} times; once is enough.")
        if len(values[0]) > MAX_LENGTH or "\0" in values[0]:
            raise BadRequest(f"{name} is text of at most {MAX_LENGTH} characters, without NUL.")
        if values[0]:
            given[name] = values[0]
    return given


def limit_of(given: Mapping[str, str], default: int) -> int:
    text = given.get(LIMIT, str(default))
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= MAX_LIMIT:
        raise BadRequest(f"limit is a number from 1 to {MAX_LIMIT}, not {text[:50]!r}.")
    return int(text)


def required(given: Mapping[str, str], name: str) -> str:
    if name not in given:
        raise BadRequest(f"The parameter {name} is missing.")
    return given[name]
