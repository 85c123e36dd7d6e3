"""What a failure's message is, whatever numbers, addresses, times and ids stand in it. Pure."""

from __future__ import annotations

import re

MOST = 500
"""Characters of a message that are compared."""
_VARIABLE = re.compile(
    r"0x[0-9a-f]+|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[0-9a-f]*[0-9])[0-9a-f]{7,}\b|[0-9]+",
    re.IGNORECASE,
)
_ROW = re.compile(r"#(?:[.:,/+T-]#)+")
"""Of an address, a date, a version: one."""


def pattern_of(message: str) -> str:
    """`Element 12 not found after 3.5 s` and `Element 7 not found after 10 s` -> `Element # not found after # s`."""
    return " ".join(_ROW.sub("#", _VARIABLE.sub("#", message[: 2 * MOST])).split())[:MOST]
