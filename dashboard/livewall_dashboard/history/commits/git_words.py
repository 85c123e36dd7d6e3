"""What git and ssh say where they fail -> words for people, with what to do. Pure."""

from __future__ import annotations

import re

_REASON = re.compile(r"^(?:fatal|error|ssh|remote): (?:error: )?(.*)", re.MULTILINE)

_CLOSED = {
    "REMOTE HOST IDENTIFICATION HAS CHANGED": "its host shows another key than known_hosts has. Where that is right, "
    "`ssh-keygen -R HOST` and `ssh-keyscan HOST >> ~/.ssh/known_hosts` as the user that the wall runs as",
    "Host key verification failed": "its host is not in known_hosts: look at what `ssh-keyscan HOST` says, and add it "
    "to ~/.ssh/known_hosts of the user that the wall runs as",
    "Permission denied (": "its host takes no key of ours: give the user that the wall runs as one in ~/.ssh, without "
    "a passphrase, that may read this repository",
    "Authentication failed for": "its host takes neither this password nor this token",
}
"""Of a way in that is closed."""
_NOBODY = "its host asks who we are: write https://USER:${file:/path/of/password}@host/path"


def reason(said: str, code: int, *, is_anonymous: bool) -> str:
    """One line of what git said before it ended with `code`. `is_anonymous`: it had no name to show."""
    if is_anonymous and "Authentication failed for" in said:
        return _NOBODY
    for sign, words in _CLOSED.items():
        if sign in said:
            return words
    found = _REASON.search(said)
    line = found[1] if found else next((line for line in said.splitlines() if line.strip()), "")
    return "".join(each if each.isprintable() else " " for each in line[:500]).strip() or f"git ended with {code}"
