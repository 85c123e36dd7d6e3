"""JSON text -> its value, or what to repair, in the words of somebody who edits the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

Position = tuple[int, int]
"""Line and column, from 1."""

MAX_DEPTH = 50

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_ADVICE = (
    ("trailing comma", "remove this comma, nothing follows it."),
    ("',' delimiter", "a comma is missing before this{at_the_end}."),
    ("':' delimiter", "a colon is missing before this{at_the_end}."),
    ("property name", 'the name of a member, in "double quotes", is expected here.'),
    ("control character", "a text does not end on its line, or has a tab in it (write \\t)."),
    ("Unterminated string", "the text that begins here does not end."),
    ("Extra data", "something follows after the end."),
    ("Expecting value", "a value is expected here."),
    ("escape", 'a backslash in a text is written twice: "\\\\".'),
)
"""What json's own words mean."""


class NotJson(Exception):
    """The text is no JSON; nothing more can be said about it."""

    def __init__(self, position: Position, text: str) -> None:
        super().__init__(text)
        self.position = position
        self.text = text


def read_json(text: str) -> Any:
    """Raises NotJson, also for what json reads and JSON forbids (NaN), and for nesting beyond reason."""
    if _depth_of(text) > MAX_DEPTH:
        raise NotJson((1, 1), "is nested too deeply to be a configuration.")
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise NotJson((error.lineno, error.colno), _advice(text, error)) from None
    except ValueError:  # NaN and its kin, or more digits than Python takes
        odd = (place for token, place in tokens(text) if token.lstrip("-") in {"NaN", "Infinity"} or len(token) > 4000)
        raise NotJson(next(odd, (1, 1)), "is not JSON: this is not a number.") from None


def tokens(text: str) -> Iterator[tuple[str, Position]]:
    """The texts, numbers, words and signs of a JSON text, and where each begins."""
    line, line_start, seen = 1, 0, 0
    for found in _TOKEN.finditer(text):
        start = found.start()
        newlines = text.count("\n", seen, start)
        if newlines:
            line, line_start = line + newlines, text.rindex("\n", seen, start) + 1
        seen = start
        yield found.group(), (line, start - line_start + 1)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _depth_of(text: str) -> int:
    depth = deepest = 0
    for token, _ in tokens(text):
        depth += (token in {"{", "["}) - (token in {"}", "]"})
        deepest = max(deepest, depth)
    return deepest


def _advice(text: str, error: json.JSONDecodeError) -> str:
    before, here = text[: error.pos].rstrip(), text[error.pos : error.pos + 1]
    if not text.strip():
        return 'is empty. The least there can be is {"setups": []}.'
    if not here:
        return "is not JSON: it ends too early; a bracket, a brace or a quote is not closed."
    if here in "}]" and before.endswith(","):
        return f"is not JSON: remove the comma before this {here}{_at_the_end(text, before, error)}."
    if here in "/#":
        return 'is not JSON, which has no comments. Use a member "comment".'
    if here == "'":
        return 'is not JSON: texts are written in "double quotes".'
    known = (advice for phrase, advice in _ADVICE if phrase in error.msg)
    advice = next(known, f"{error.msg}.").replace("{at_the_end}", _at_the_end(text, before, error))
    return f"is not JSON: {advice}"


def _at_the_end(text: str, before: str, error: json.JSONDecodeError) -> str:
    """Where to look when the complaint came at the beginning of a later line."""
    line = text.count("\n", 0, len(before)) + 1
    return f", at the end of line {line}" if line < error.lineno else ""
