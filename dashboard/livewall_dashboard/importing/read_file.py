"""Reads a file of any kind that can be imported; what kind it is, its first bytes say, whatever it is called."""

from __future__ import annotations

import codecs
import hashlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path

from livewall_dashboard.importing import ctrf_json, junit_xml, output_json, output_xml
from livewall_dashboard.importing.build_files import name_of_build
from livewall_dashboard.importing.files import pieces
from livewall_dashboard.importing.foreign_times import ForeignTimes
from livewall_dashboard.importing.model import Output, SuiteLine, TestLine, Unreadable, Unrecognized
from livewall_dashboard.importing.root_element import root_element
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
        if root_element(first)[0] in {"testsuites", "testsuite"}:
            return _read_foreign(junit_xml.read, path, whole, take, clock)
    except RecursionError:
        raise Unreadable("It is nested deeper than anybody can read.") from None
    return output_xml.read(whole, take)


def read_build(paths: Sequence[Path], take: Take, clock: Clock, most: int | None = None) -> Output:
    """The same of the JUnit XML files of one build, in one folder. `most`: bytes of each. Raises `Unreadable`."""
    digest = hashlib.sha256()

    def digested(path: Path) -> Iterator[bytes]:
        digest.update(f"{path.name}\0".encode("utf-8", "replace"))
        for piece in pieces(path, most):
            digest.update(piece)
            yield piece

    files = ((path.name, digested(path)) for path in paths)
    start = _written(max(path.stat().st_mtime for path in paths))
    output = junit_xml.read_build(files, take, ForeignTimes(clock), name_of_build(paths[0].parent), start)
    assert output.foreign is not None
    output.foreign.digest = digest.hexdigest()
    return output


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

    start = _written(path.stat().st_mtime)
    output = read(digested(), take, ForeignTimes(clock), path.name.partition(".")[0], start)
    assert output.foreign is not None
    output.foreign.digest = digest.hexdigest()
    return output


def _written(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds")
