"""What a terminal would show of a line: without colours, links, bells, what was typed over, and broken bytes."""

from __future__ import annotations

import re

MOST = 2000
"""Characters of a line that are looked at; a line may have a hundred million."""
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]"  # colours and the cursor
    r"|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)"  # titles and links
    r"|[ -/]{0,4}[0-~])"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def plain(line: bytes) -> str:
    """The line without its end, at most `MOST` characters. Bytes that are no UTF-8 become U+FFFD."""
    text = line[: 4 * MOST].rstrip(b"\r\n").decode("utf-8", "replace")
    if text.isprintable():
        return text[:MOST]
    text = _ESCAPES.sub("", text)
    text = text.rpartition("\r")[2]
    while (at := text.find("\b")) >= 0:
        text = text[: max(0, at - 1)] + text[at + 1 :]
    return _CONTROLS.sub("", text)[:MOST]
