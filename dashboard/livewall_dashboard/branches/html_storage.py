"""A storage for pages in a sandbox, which have none: it lasts as long as the page is shown.

A browser refuses what is of no site its localStorage by an error, at which scripts end: coverage.py's pages could then
neither be sorted nor filtered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SCRIPT = b"""<script>
for (const name of ["localStorage", "sessionStorage"]) {
  const kept = new Map();
  Object.defineProperty(window, name, { value: {
    get length() { return kept.size; },
    key: (place) => [...kept.keys()][place] ?? null,
    getItem: (key) => kept.get(String(key)) ?? null,
    setItem: (key, value) => { kept.set(String(key), String(value)); },
    removeItem: (key) => { kept.delete(String(key)); },
    clear: () => { kept.clear(); },
  } });
}
</script>"""
_HEAD = re.compile(rb"<head(?:\s[^>]{0,200})?>", re.IGNORECASE)
_BEGINNING = 64 * 1024
"""Bytes in which a page's head begins: nobody else is served while it is looked for."""


def with_storage(size: int, blocks: Iterator[bytes]) -> tuple[int, Iterator[bytes]]:
    """How many bytes a page has then, and these: before its own scripts. One without a head stays as it is."""
    first = next(blocks, b"")
    found = _HEAD.search(first, 0, _BEGINNING)
    at = found.end() if found else 0
    script = SCRIPT if found else b""
    return size + len(script), _joined(first[:at] + script + first[at:], blocks)


def _joined(first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from blocks
