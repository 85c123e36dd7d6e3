"""Crumbs: what a page of this wall sends along with what changes something, and a page of another site cannot know.

A cookie travels by itself with whatever a browser is made to send. A crumb does not: it is read from the wall first,
which the browser allows to the wall's own pages alone.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

HEADER = "X-Livewall-Crumb"


class Crumbs:
    """The crumb of a cookie follows from it, so that it outlives a restart. Without a cookie it is this process's."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, cookie: str) -> str:
        key = cookie.encode("utf-8", "surrogatepass") or self._key
        return hmac.new(key, b"livewall crumb", hashlib.sha256).hexdigest()

    def accepts(self, cookie: str, crumb: str) -> bool:
        return hmac.compare_digest(self.of(cookie).encode(), crumb.encode("utf-8", "surrogatepass"))
