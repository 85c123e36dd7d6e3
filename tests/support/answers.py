"""Requests, and answers whatever their status."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

Answer = tuple[int, bytes, dict[str, str]]


def answer_to(
    request: urllib.request.Request, timeout: float, opener: urllib.request.OpenerDirector | None = None
) -> Answer:
    """Status, body and headers (names in lower case); by urllib's usual opener where none is given."""
    try:
        with (opener.open if opener else urllib.request.urlopen)(request, timeout=timeout) as reply:
            return reply.status, reply.read(), {name.lower(): value for name, value in reply.headers.items()}
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), {name.lower(): value for name, value in error.headers.items()}


def json_of(answer: Answer, path: str) -> Any:
    """The JSON of an answer to GET `path`, which must be 200."""
    status, body, _ = answer
    assert status == 200, f"GET {path}: {status} {body[:500]!r}"
    return json.loads(body)
