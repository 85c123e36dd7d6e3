"""Addresses of repositories: what git gets to fetch from, and what people see, who see no password. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

HIDDEN = "***"
WEB = ("https", "http")
"""Here the user's name may be a secret, too: hosts take a token as `https://TOKEN@host`, with any password or none."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """`host`: with its port, where the address has one; nobody else gets them. `password` None: it names none.

    `origin`: the address's scheme and host.
    """

    user: str = field(repr=False)
    password: str | None = field(repr=False)
    host: str = ""
    origin: str = ""


def shown_url(url: str) -> str:
    """Without what may be a secret."""
    parts = _parts(url)
    if parts is None or not _has_secrets(parts):
        return url
    user, _, host = parts.netloc.rpartition("@")
    shown = HIDDEN if parts.scheme in WEB else f"{user.partition(':')[0]}:{HIDDEN}"
    return urlunsplit(parts._replace(netloc=f"{shown}@{host}"))


def public_url(url: str) -> str:
    """As whoever builds may have it."""
    parts = _parts(url)
    if parts is None or not _has_secrets(parts):
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def without_password(url: str) -> tuple[str, Credentials | None]:
    """The address as it may stand on a command line, which others see, and what to say where the host asks."""
    parts = _parts(url)
    if parts is None or not _has_secrets(parts):
        return url, None
    user, _, host = parts.netloc.rpartition("@")
    if parts.scheme not in WEB:  # ssh takes none
        return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}@{host}")), None
    password = None if parts.password is None else unquote(parts.password)
    return (
        urlunsplit(parts._replace(netloc=host)),
        Credentials(unquote(parts.username or ""), password, host, f"{parts.scheme}://{host}"),
    )


def without_secrets(text: str, url: str) -> str:
    """What git says, without the password, the user's name where that may be one, and the address that has them."""
    parts = _parts(url)
    if parts is None or not _has_secrets(parts):
        return text
    text = text.replace(url, shown_url(url))
    if parts.username:
        for user in {parts.username, unquote(parts.username)}:
            text = text.replace(f"//{user}@", f"//{HIDDEN}@")
    if parts.password:
        for secret in {parts.password, unquote(parts.password)}:
            text = text.replace(secret, HIDDEN)
    return text


def _has_secrets(parts: SplitResult) -> bool:
    return parts.password is not None or (parts.scheme in WEB and parts.username is not None)


def _parts(url: str) -> SplitResult | None:
    """None for what is a path, or as ssh has it."""
    if "://" not in url:
        return None
    try:
        return urlsplit(url)
    except ValueError:
        return None
