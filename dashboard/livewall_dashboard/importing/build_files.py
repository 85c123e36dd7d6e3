"""The JUnit XML files that Ant, Maven and Gradle write of one build: one for each class, in one folder.

They are known by their names: TEST-shop.CartTest.xml is of the suite shop.CartTest. Each other file is a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from livewall_dashboard.importing.files import pieces
from livewall_dashboard.importing.input_files import InputFile
from livewall_dashboard.importing.model import Unreadable, Unrecognized
from livewall_dashboard.importing.root_element import root_element

_NAMED_BY_SUITE = re.compile(r"TEST-(.+)\.xml(?:\.gz)?", re.IGNORECASE)
_OF_GRADLE, _OF_FAILSAFE = "test-results", "failsafe-reports"
_USUAL = frozenset(
    ("target", "build", "reports", "surefire-reports", "test-reports", "junit", _OF_GRADLE, _OF_FAILSAFE)
)
"""Folders that say nothing of what was built."""


def joined(files: Iterable[InputFile]) -> list[InputFile]:
    """The same files, those of a build as one, where the first of them was. A single file that was named stays one."""
    found: dict[Path, list[InputFile]] = {}
    for file in files:
        found.setdefault(_place(file), []).append(file)
    return [_build(place, some) if place.name == "TEST-*.xml" else some[0] for place, some in found.items()]


def name_of_build(folder: Path) -> str:
    """What was built, by where it lies: shop, of shop/target/surefire-reports; and shop integrationTest."""
    *above, leaf = folder.resolve().parts
    is_task = bool(above) and above[-1] == _OF_GRADLE
    places = above if is_task else [*above, leaf]
    name = next((part for part in reversed(places) if part not in _USUAL and any(map(str.isalpha, part))), "build")
    return f"{name} {leaf}" if leaf == _OF_FAILSAFE or (is_task and leaf != "test") else name


def _place(file: InputFile) -> Path:
    """What all files of its build have in common; its own path where it is of none."""
    named = _NAMED_BY_SUITE.fullmatch(file.path.name)
    if named is None or file.skip or file.broken or not _is_of_suite(file.path, named[1]):
        return file.path
    return file.path.with_name("TEST-*.xml")


def _is_of_suite(path: Path, name: str) -> bool:
    try:
        tag, attributes = root_element(next(pieces(path)))
    except (Unreadable, Unrecognized):
        return False
    return tag == "testsuite" and attributes.get("name") == name


def _build(place: Path, files: list[InputFile]) -> InputFile:
    is_named = any(file.named for file in files)
    if is_named and len(files) == 1:
        return files[0]
    return InputFile(place, named=is_named, parts=tuple(sorted(file.path for file in files)))
