"""The plan of the house: each test lies in the folder of the room that it is of, and no file is too long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_python

ROOT = Path(__file__).parents[3]
WALL = ROOT / "dashboard" / "livewall_dashboard"
WEIGHTS = ("unit", "integration", "acceptance", "browser")

CROSS_CUTTING = {
    "agent": "agent/livewall_agent",
    "bench": "tests/bench, which is `make bench`",
    "deploy": "config/deploy and what else puts livewall on a server",
    "docs": "what the pages of docs promise",
    "edge": "what stands around a wall: nginx, systemd, rights",
    "faults": "whatever fails, whichever room it is in",
    "listener": "listener/livewall_listener",
    "node": "config/node",
    "repository": "the files as such",
    "runner": "tests/runner, which is `make test`",
    "security": "the promises of docs/security.md",
    "static": "the pages' scripts",
    "support": "what tests stand on",
}
"""Folders of tests that are of no one room, and what they are of."""
NO_TESTS = {"acceptance/suites", "browser/vendor"}
"""Robot suites that tests run; axe."""

LONGEST = 450
SUFFIXES = {".css", ".html", ".js", ".mjs", ".py", ".sh", ".sql"}
FOLDERS = ("agent", "config", "dashboard", "docs", "listener", "schema", "tests")
NOT_OURS = ("dashboard/livewall_dashboard/static/vendor", "tests/browser/vendor")
"""Other people's, as they come."""
GENERATED = ("tests/integration/postgres/former",)
"""Dumps of what former releases made."""
SUM = "schema/schema.sql"
"""Of the migrations: it grows with each, in sections by feature."""


def folders(path: Path) -> set[str]:
    """Names of the folders with something in them; what a move left behind are caches."""
    return {
        each.name
        for each in path.iterdir()
        if each.is_dir() and each.name[0] not in "._" and any(file.name != "__pycache__" for file in each.iterdir())
    }


def rooms() -> set[str]:
    return folders(WALL) | folders(WALL / "static")


@pytest.mark.parametrize("weight", WEIGHTS)
def test_layout_each_folder_of_tests_is_a_room_or_cuts_across_them(weight: str) -> None:
    here = {name for name in folders(ROOT / "tests" / weight) if f"{weight}/{name}" not in NO_TESTS}
    assert here - rooms() - CROSS_CUTTING.keys() == set()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_layout_tests_of_the_history_lie_in_folders_of_its_names(weight: str) -> None:
    here = ROOT / "tests" / weight / "history"
    assert (folders(here) if here.is_dir() else set()) - folders(WALL / "history") == set()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_layout_no_test_lies_outside_a_folder(weight: str) -> None:
    names = [path.name for path in (ROOT / "tests" / weight).iterdir() if path.is_file()]
    assert [name for name in names if name.startswith("test_") or ".test." in name] == []


def test_layout_what_cuts_across_rooms_is_none_of_them() -> None:
    used = {name for weight in WEIGHTS for name in folders(ROOT / "tests" / weight)}
    assert CROSS_CUTTING.keys() - used == set(), "nothing is of these any more"
    assert CROSS_CUTTING.keys() & folders(WALL) == {"static"}


def ours() -> Iterator[str]:
    """Files that people write, as paths below the root."""
    found = [*ROOT.glob("*"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    for path in found:
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in SUFFIXES and path.is_file() and not name.startswith((*NOT_OURS, *GENERATED)):
            yield name


def test_layout_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    lengths = {name: (ROOT / name).read_bytes().count(b"\n") for name in ours()}
    assert len(lengths) > 500, "these are all of them"
    assert {name: length for name, length in lengths.items() if length > LONGEST and name != SUM} == {}
