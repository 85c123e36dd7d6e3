"""What makes an address, a pattern, a certificate file or the name of a job a good one.

Each raises Unfit with what to do, as the end of a sentence about the place. None quotes what it was given.
"""

from __future__ import annotations

import re
import ssl
import unicodedata
import warnings
from urllib.parse import urlsplit

GROUPS = ("total", "passed", "failed", "skipped")
"""What a description pattern may find."""


_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?::\d{1,5})?"
)


class Unfit(Exception):
    """What is wrong."""


def server_url(text: str) -> str:
    """The address of a server, with a slash at its end."""
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise Unfit("is not an address.") from None
    if parts.scheme not in {"http", "https"} or not has_host or not text.isprintable() or " " in text:
        raise Unfit("must be an address that begins with http:// or https://.")
    if "@" in parts.netloc:
        raise Unfit('has a user or a password in it; those belong into "user" and "token".')
    if parts.query or parts.fragment:
        raise Unfit("must be the address of the server alone, without ? and #.")
    return text.rstrip("/") + "/"


def domain(text: str) -> str:
    """The name of a host, with a port where it has one, below which there are others."""
    if not _DOMAIN.fullmatch(text):
        raise Unfit("must be the name of a host, like instances.example, with :port where that is not the usual one.")
    return text.lower()


def link(text: str) -> str:
    """A link to show; one that begins with / leads to this wall's own host."""
    try:
        urlsplit(text)
        is_link = text.startswith(("http://", "https://", "/")) and text.isprintable()
    except ValueError:
        is_link = False
    if not is_link:
        raise Unfit("is not a link; it must begin with http:// or https:// (or with / for this server).")
    return text


def title(text: str) -> str:
    """A text for one line of a page."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise Unfit("must be one line of plain text.")
    return text


def pattern(text: str) -> str:
    """A regular expression for test counts in the descriptions of builds."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what may mean something else in a later Python still is a pattern
            names = re.compile(text).groupindex
    except re.error as error:
        at = "" if error.pos is None else f" (at its character {error.pos + 1})"
        raise Unfit(f"is not a regular expression: {error.msg}{at}.") from None
    except (OverflowError, RecursionError):
        raise Unfit("is not a regular expression that can be used.") from None
    if unknown := [name for name in names if name not in GROUPS]:
        raise Unfit(f"has a group {unknown[0]}; there are {', '.join(GROUPS)}.")
    if not names:
        raise Unfit(r"has no named groups. It needs some of (?P<total>\d+), (?P<passed>...), (?P<failed>...), "
                    r"(?P<skipped>...).")  # fmt: skip
    return text


def certificates(content: bytes) -> None:
    """The content of a file of certificates."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=content.decode("ascii", "ignore"))
    except (ssl.SSLError, ValueError):
        raise Unfit("names a file without certificates in PEM form.") from None


def job_path(text: str) -> str:
    """A job's full name, or a pattern of such."""
    if "://" in text:
        raise Unfit("is a link; what is wanted is the full name of the job: folder/job.")
    levels = text.strip("/").split("/")
    if not all(level.strip() for level in levels):
        raise Unfit("has a level without a name: two slashes in a row.")
    if any("**" in level and level != "**" for level in levels):
        raise Unfit("has ** beside something else; ** stands for whole levels: folder/**.")
    return "/".join(levels)


def is_path_of_address(job: str) -> bool:
    """Whether it is `job/folder/job/name`: what comes of copying a part of a job's address."""
    levels = job.split("/")
    return len(levels) % 2 == 0 and set(levels[::2]) == {"job"}
