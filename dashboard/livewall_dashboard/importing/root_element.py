"""The outermost element of an XML file, by its first bytes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import NoReturn
from xml.parsers import expat

from livewall_dashboard.importing.encodings import for_expat
from livewall_dashboard.importing.model import Unreadable


class _Found(Exception):
    pass


def root_element(first: bytes) -> tuple[str, Mapping[str, str]]:
    """Its name and attributes, "" where there is none, or one that begins with a document type."""
    found: list[tuple[str, Mapping[str, str]]] = []

    def start(tag: str, attributes: Mapping[str, str]) -> NoReturn:
        found.append((tag, attributes))
        raise _Found

    def refuse(*_: object) -> NoReturn:
        raise _Found

    with suppress(_Found, Unreadable, expat.ExpatError):
        encoding, told = for_expat([first])
        parser = expat.ParserCreate(encoding)
        parser.StartElementHandler = start
        parser.StartDoctypeDeclHandler = refuse
        for piece in told:
            parser.Parse(piece, False)
    return found[0] if found else ("", {})
