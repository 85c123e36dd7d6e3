"""Addresses of repositories: what git gets to fetch from, and what people see, who see no password. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Credentials:
    user: str
    password: str = field(repr=False)


def shown_url(url: str) -> str:
    """Without its password."""
    parts = _parts(url)
    if parts is None or parts.password is None:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:{HIDDEN}@{host}"))


def without_password(url: str) -> tuple[str, Credentials | None]:
    """The address as it may stand on a command line, which others see, and what to say where the host asks."""
    parts = _parts(url)
    if parts is None or parts.password is None:
        return url, None
    host = parts.netloc.rpartition("@")[2]
    return (
        urlunsplit(parts._replace(netloc=host)),
        Credentials(unquote(parts.username or ""), unquote(parts.password)),
    )


def without_secrets(text: str, url: str) -> str:
    """What git says, without the password and the address that has it."""
    parts = _parts(url)
    password = parts.password if parts else None
    if not password:
        return text
    text = text.replace(url, shown_url(url))
    for secret in {password, unquote(password)}:
        text = text.replace(secret, HIDDEN)
    return text


def _parts(url: str) -> SplitResult | None:
    """None for what is a path, or as ssh has it."""
    if "://" not in url:
        return None
    try:
        return urlsplit(url)
    except ValueError:
        return None
