"""The commit of what was built, out of its version."""

from __future__ import annotations

import re

_HASH = re.compile(r"[-.]g?(?P<hash>[0-9a-f]{4,40})(?:-(?:dirty|modified))?$")


def hash_in(version: str) -> str:
    """The commit at the end of a version out of git: 1.4.12-3a4b5 has 3a4b5; "" for none."""
    found = _HASH.search(version)
    return found["hash"] if found and any(letter.isalpha() for letter in found["hash"]) else ""
