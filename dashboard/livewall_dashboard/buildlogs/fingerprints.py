"""Tells a diagnostic from others: by what it says and in which file, not by the line, which each edit moves."""

from __future__ import annotations

import hashlib
import re

from livewall_dashboard.buildlogs.model import Diagnostic

_QUOTES = str.maketrans("‘’‚‛`´“”„«»", "'''''''''''")
_NUMBERS = re.compile(r"0x[0-9a-f]{1,40}|(?<![\w.])\d{1,40}(?![\w.])", re.IGNORECASE)
_TEMPORARY = re.compile(r"/(?:var/)?tmp/[\w.-]{1,100}|\bcc[A-Za-z0-9]{6}\.[os]\b")


def fingerprint(diagnostic: Diagnostic) -> str:
    """32 hexadecimal digits."""
    text = _TEMPORARY.sub("@", diagnostic.text.translate(_QUOTES))
    identity = (diagnostic.kind, diagnostic.flag, diagnostic.file, _NUMBERS.sub("#", text))
    return hashlib.sha256("\x1f".join(identity).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def without_folder(path: str, folder: str) -> str:
    """The path below the folder in which it was built, whose name is another one each time.

    `folder`: where the script worked, such as /tmp/hello-2.10.9zvV0r; the source is unpacked in a folder of that.
    """
    if folder and path.startswith(folder.rstrip("/") + "/"):
        path = path[len(folder.rstrip("/")) + 1 :].partition("/")[2] or path
    while path.startswith("./"):
        path = path[2:]
    return path
