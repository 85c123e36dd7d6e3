"""Folders of tests: which part of a longname is one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

SEPARATORS = "./"


class Named(NamedTuple):
    """A test. `longname` ends with a separator and `name`."""

    longname: str
    name: str

    @property
    def parent(self) -> str:
        """The longname of its suite; "" for a test without one."""
        return self.longname[: -len(self.name) - 1] if self.longname.endswith(self.name) else ""


def is_below(longname: str, folder: str) -> bool:
    return not folder or (longname.startswith(folder) and longname[len(folder) : len(folder) + 1] in tuple(SEPARATORS))


def child(parent: str, folder: str, known: Collection[str]) -> str:
    """The folder below `folder` that a test with this parent is in; "" for one that lies in `folder` itself.

    `known`: longnames of suites. A name may have a dot of its own, so where suites are known they say what a level is;
    where none of these is, each separator does.
    """
    if parent == folder or not is_below(parent, folder):
        return ""
    ways = [*_prefixes(parent, len(folder) + 1 if folder else 0), parent]
    return next((way for way in ways if way in known), ways[0])


def deepest(parents: Collection[str], folder: str, known: Collection[str]) -> str:
    """As long as all tests are in one folder of a folder, that one: there is nothing to choose from."""
    while True:
        children = {child(parent, folder, known) for parent in parents}
        if len(children) != 1 or "" in children:
            return folder
        (folder,) = children


def _prefixes(parent: str, start: int) -> Iterator[str]:
    for place in range(start, len(parent)):
        if parent[place] in SEPARATORS:
            yield parent[:place]
