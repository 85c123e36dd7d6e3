"""Addresses that git fetches from. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from livewall_dashboard.lab.checks import Unfit

SCHEMES = ("https", "http", "ssh", "git", "file")

_NO_ADDRESS = "is no address of a repository. In a user or a password / ? # @ are written as %2F %3F %23 %40."

_SCP = re.compile(r"(?:[\w.-]+@)?[\w.-]+:(?!:)(?!//)\S")
"""`user@host:path`, as ssh has it."""


def git_url(text: str) -> str:
    """An address that git fetches from without running a program that it names. Raises Unfit, and quotes nothing."""
    if not text.isprintable() or text.startswith("-"):
        raise Unfit("is no address of a repository.")
    if text.startswith("/"):
        return text
    if "::" in text.partition("/")[0]:
        raise Unfit("names a program that git would run to fetch; that is not done.")
    if "://" not in text:
        if _SCP.match(text):
            return text
        raise Unfit("must be a path that begins with /, or an address like https://host/path or user@host:path.")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Unfit(_NO_ADDRESS) from None
    if port is not None and "@" not in parts.netloc and "@" in text:
        raise Unfit(_NO_ADDRESS)
    if parts.scheme not in SCHEMES:
        raise Unfit(f"must be an address of {', '.join(SCHEMES)}, or a path that begins with /.")
    if host.startswith("-") or not (host or parts.scheme == "file"):
        raise Unfit("has no host.")
    return text


def password_of(url: str) -> str:
    """That of an address, "" for none."""
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""
