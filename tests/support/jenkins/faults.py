"""What a Jenkins, or whoever stands in its place, may do wrong."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

DRIP = 0.05
"""Seconds between two bytes of a dripping answer."""

Kind = Literal["status", "hang", "drip", "huge", "endless", "html", "truncated", "hang up", "redirect", "body"]


@dataclass
class Fault:
    """Happens to requests whose path and query match, `times` times; None: always.

    status: `value` is the HTTP status. hang: no answer. drip: a byte now and then. huge: announced as `value` bytes;
    endless: chunks without end. html: a login page. truncated: JSON that stops. hang up: the line is closed. redirect:
    to the address `value`. body: `value` as JSON.
    """

    kind: Kind
    value: object = None
    path: str = ""
    times: int | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def applies(self, path: str) -> bool:
        return self.times != 0 and re.search(self.path, path) is not None

    def happens(self) -> None:
        if self.times is not None:
            self.times -= 1


def drops(ended: threading.Event) -> Iterator[bytes]:
    yield b"{"
    while not ended.wait(DRIP):
        yield b" "


def flood() -> Iterator[bytes]:
    while True:
        yield b'{"jobs": "' + b"x" * 65536
