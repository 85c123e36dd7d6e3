"""Reads the small files of a report: `KEY=VALUE` and `key: value`, whatever else is in them."""

from __future__ import annotations

from livewall_dashboard.buildlogs.plain_text import plain

MOST_SIZE = 256 * 1024
"""Bytes of such a file that are read."""
MOST_PAIRS = 2000


def pairs(data: bytes, separator: str) -> dict[str, str]:
    """A line without the separator goes on with the value before it, or is nothing; what is said first counts."""
    found: dict[str, str] = {}
    for line in data[:MOST_SIZE].split(b"\n"):
        key, is_there, value = plain(line).partition(separator)
        if is_there and key.strip() and len(found) < MOST_PAIRS:
            found.setdefault(key.strip(), value.strip())
    return found


def first_line(data: bytes) -> str:
    return next((text for line in data[:MOST_SIZE].split(b"\n") if (text := plain(line).strip())), "")
