"""The executions that `rebot --merge` put together: its message of a test holds the status and message of each. Pure.

The message, the same from Robot Framework 3 to 7, is HTML: the newest execution first. One that was merged itself has
its whole message where its own would be. What is not exactly like that is no such message: nothing is guessed.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from livewall_dashboard.history.result_sets.result_set import Attempt, Status

_MERGED = re.compile(r'<span class="merge">(?:Test|Task) has been re-executed and results merged\.</span>')
_STATUS = re.compile(
    r'<hr><span class="(?P<age>new|old)-status">(?:New|Old) status:</span> '
    r'<span class="[a-z ]+">(?P<status>PASS|FAIL|SKIP|NOT RUN)</span><br>'
)
_MESSAGE = '<span class="{age}-message">{Age} message:</span> '
_END = "<br>"
_HTML = "*HTML* "
_LINK = re.compile(r'<a href="([^"]*)">\1</a>')
"""What rebot makes of a URL in a text."""


class _Part(NamedTuple):
    """An execution. `rest`: what follows its status, up to the next one."""

    age: str
    status: Status
    rest: str

    @property
    def holds_next(self) -> bool:
        """Whether it was a merged result itself: the part after it is its newest execution."""
        return _MERGED.fullmatch(self.rest.removeprefix(_label(self.age))) is not None

    @property
    def message(self) -> str | None:
        """As HTML; None where something else is there."""
        if not self.rest:
            return ""
        if not (self.rest.startswith(_label(self.age)) and self.rest.endswith(_END)):
            return None
        return self.rest.removeprefix(_label(self.age)).removesuffix(_END)


def attempts_of(status: str, message: str) -> list[Attempt]:
    """The executions of a test with this status and message, the oldest first; none for any other message."""
    header = _MERGED.match(message, len(_HTML)) if message.startswith(_HTML) else None
    if header is None:
        return []
    parts = _unfolded(_parts(message[header.end() :]))
    if len(parts) < 2 or parts[0].status != status or [part.age for part in parts[1:]] != ["old"] * (len(parts) - 1):
        return []
    messages = [part.message for part in parts]
    if None in messages:
        return []
    told = zip(reversed(parts), reversed(messages), strict=True)
    return [Attempt(part.status, _plain(text or "")) for part, text in told]


def _parts(text: str) -> list[_Part]:
    """All of `text`; none where it begins otherwise."""
    heads = list(_STATUS.finditer(text))
    if not heads or heads[0].start() != 0 or heads[0]["age"] != "new":
        return []
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        _Part(head["age"], head["status"], text[head.end() : end])  # type: ignore[arg-type]
        for head, end in zip(heads, ends, strict=True)
    ]


def _unfolded(parts: list[_Part]) -> list[_Part]:
    """The same where one holds others: these in its place. None where it cannot be told which these are."""
    holders = [place for place, part in enumerate(parts) if part.holds_next]
    if not holders:
        return parts
    # Its own end stands after the last that it holds: there are two, then, and nowhere else may be.
    ends = [place for place, part in enumerate(parts) if part.rest == _END or part.rest.endswith(_END + _END)]
    (holder,), (end,) = holders[:1], ends[:1] or [0]
    inner = parts[holder + 1 : end + 1]
    if len(holders) > 1 or len(ends) != 1 or len(inner) < 2:
        return []
    if (inner[0].age, inner[0].status) != ("new", parts[holder].status):
        return []
    age = parts[holder].age
    inner[0] = inner[0]._replace(age=age, rest=inner[0].rest.replace(_label("new"), _label(age), 1))
    inner[-1] = inner[-1]._replace(rest=inner[-1].rest.removesuffix(_END))
    return [*parts[:holder], *inner, *parts[end + 1 :]]


def _label(age: str) -> str:
    return _MESSAGE.format(age=age, Age=age.title())


def _plain(text: str) -> str:
    """As Robot Framework has messages: text, or HTML where there are tags in it."""
    words = _LINK.sub(r"\1", text)
    return f"{_HTML}{text}" if "<" in words else html.unescape(words)
