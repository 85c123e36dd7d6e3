"""Numbers of branch builds in addresses."""

from __future__ import annotations

from livewall_dashboard.base.errors import BadRequest


def number_of(text: str) -> int:
    """Raises BadRequest."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest(f"The number of a branch build is a number, not {text[:50]!r}.")
    return int(text)
