"""Reads a file of any kind that can be imported; what kind it is, its first bytes say, whatever it is called."""

from __future__ import annotations

import codecs
import hashlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from livewall_dashboard.importing import ctrf_json, junit_xml, output_json, output_xml
from livewall_dashboard.importing.encodings import for_expat
from livewall_dashboard.importing.files import pieces
from livewall_dashboard.importing.foreign_times import ForeignTimes
from livewall_dashboard.importing.model import Output, SuiteLine, TestLine, Unreadable, Unrecognized
from livewall_dashboard.importing.times import Clock

Take = Callable[[TestLine | SuiteLine], None]
_ROBOT_JSON = re.compile(rb'\{\s*"generator"\s*:\s*"(Robot|Rebot)\b', re.IGNORECASE)
_CTRF_JSON = re.compile(rb'\{\s*"results"\s*:\s*\{|"reportFormat"\s*:\s*"CTRF"')


def read_file(path: Path, take: Take, clock: Clock, most: int | None = None) -> Output:
    """The file without its tests and suites, which `take` gets. `clock`: of times without a zone. `most`: bytes.

    Raises `Unreadable`; `Unrecognized` where it is of no kind that can be imported.
    """
    rest = pieces(path, most)
    first = next(rest).removeprefix(codecs.BOM_UTF8)
    whole = itertools.chain([first], rest)
    try:
        if first.lstrip()[:1] == b"{":
            return _read_json(path, first, whole, take, clock)
        if _root_element(first) in {"testsuites", "testsuite"}:
            return _read_foreign(junit_xml.read, path, whole, take, clock)
    except RecursionError:
        raise Unreadable("It is nested deeper than anybody can read.") from None
    return output_xml.read(whole, take)


def _read_json(path: Path, first: bytes, whole: Iterable[bytes], take: Take, clock: Clock) -> Output:
    if _ROBOT_JSON.match(first.lstrip()):
        return output_json.read(whole, take)
    if _CTRF_JSON.search(first[:4096]):
        return _read_foreign(ctrf_json.read, path, whole, take, clock)
    raise Unrecognized("It is JSON, but neither robot's output.json nor CTRF.")


def _read_foreign(
    read: Callable[[Iterable[bytes], Take, ForeignTimes, str, str], Output],
    path: Path,
    whole: Iterable[bytes],
    take: Take,
    clock: Clock,
) -> Output:
    digest = hashlib.sha256()

    def digested() -> Iterator[bytes]:
        for piece in whole:
            digest.update(piece)
            yield piece

    written = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc).replace(tzinfo=None)
    start = written.isoformat(timespec="microseconds")
    output = read(digested(), take, ForeignTimes(clock), path.name.partition(".")[0], start)
    assert output.foreign is not None
    output.foreign.digest = digest.hexdigest()
    return output


def _root_element(first: bytes) -> str:
    """The name of an XML file's outermost element, "" where it has none."""
    found: list[str] = []

    def start(tag: str, _: dict[str, str]) -> NoReturn:
        found.append(tag)
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
    return found[0] if found else ""


class _Found(Exception):
    pass
