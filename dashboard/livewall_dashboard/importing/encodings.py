"""The encoding of an XML file: expat knows four by itself, Python the others."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterable, Iterator

from livewall_dashboard.importing.model import Unreadable

KNOWN_TO_EXPAT = frozenset(("utf-8", "utf-16", "iso-8859-1", "us-ascii"))
LONGEST_DECLARATION = 200
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']""")


def for_expat(pieces: Iterable[bytes]) -> tuple[str | None, Iterable[bytes]]:
    """The encoding to tell expat, None where the file does, and the file's bytes in it. Raises `Unreadable`."""
    rest = iter(pieces)
    beginning = b""
    for piece in rest:
        beginning += piece
        if len(beginning) >= LONGEST_DECLARATION:
            break
    whole = itertools.chain([beginning], rest)
    encoding = _encoding(beginning)
    if encoding.lower() in KNOWN_TO_EXPAT:
        return None, whole
    if not _is_encoding_of_text(encoding):
        raise Unreadable(f"It is encoded in {encoding!r}, which is not known here; robot writes UTF-8.")
    return "utf-8", _in_utf_8(whole, encoding)


def _encoding(beginning: bytes) -> str:
    if beginning.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    declared = _DECLARED.match(beginning[:LONGEST_DECLARATION])
    return declared.group(1).decode() if declared else "utf-8"


def _is_encoding_of_text(encoding: str) -> bool:
    try:
        return encoding == "utf-32" or b"<".decode(encoding) == "<"
    except (LookupError, ValueError):
        return False


def _in_utf_8(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    try:
        for text in codecs.iterdecode(pieces, encoding):
            yield text.encode("utf-8", "surrogatepass")
    except ValueError:
        raise Unreadable(f"It says that it is encoded in {encoding!r}, but is not.") from None
