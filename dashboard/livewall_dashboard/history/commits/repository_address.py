"""One spelling of where a repository lies, so that what a node says and what a clone says can be compared."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>\[[^\]]+\]|[^/:@]+):(?P<path>.+)")
"""`git@host:path`, as git takes it for ssh."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def address_of(text: str) -> str:
    """`host/path`, a path of the machine, or the name that it is, without user, password and `.git`.

    https, ssh and git lead to the same repository of a host, so the scheme does not count, nor does ssh's port; one of
    http does, where it may be another server.
    """
    text = text.strip()
    if "://" in text:
        return _of_url(text)
    if match := _SCP.fullmatch(text):
        return _joined(match["host"].lower(), match["path"])
    return _bare(text)


def redacted(url: str) -> str:
    """Fit for screens and logs."""
    return re.sub(r"(?<=//)[^/?#]*@", "", url)


def _of_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _bare(redacted(url))
    if parts.scheme == "file":
        return _bare(parts.path)
    host = (parts.hostname or "").lower()
    if parts.scheme in _DEFAULT_PORTS and port not in (None, _DEFAULT_PORTS[parts.scheme]):
        host = f"{host}:{port}"
    return _joined(host, parts.path)


def _joined(host: str, path: str) -> str:
    return f"{host}/{_bare(path.lstrip('/'))}"


def _bare(path: str) -> str:
    return path.rstrip("/").removesuffix(".git").rstrip("/")
