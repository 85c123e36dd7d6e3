"""Cuts a tree of jobs into slices: neighbours in one folder, whose builds one request can ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from livewall_dashboard.jenkins.parse import Folder, SeenJob


@dataclass(frozen=True, slots=True)
class Slice:
    """The items from `first` to before `last` of the folder `base`, and of those the jobs `depth` levels down.

    `names`: the jobs among them that are wanted.
    """

    base: str
    depth: int
    first: int
    last: int
    names: tuple[str, ...]


def cut(folder: Folder, wanted: Collection[str], largest: int, borders: Collection[str] = frozenset()) -> list[Slice]:
    """Slices of at most `largest` jobs, wanted or not, that have all the wanted ones.

    A slice also ends before each job in `borders`.
    """
    depths = sorted({depth for depth, job in _jobs(folder) if job.name in wanted})
    return [piece for depth in depths for piece in _cut(folder, depth, wanted, largest, borders)]


def _cut(
    folder: Folder, depth: int, wanted: Collection[str], largest: int, borders: Collection[str]
) -> Iterator[Slice]:
    first, weight = 0, 0
    names: list[str] = []

    def piece(last: int) -> Iterator[Slice]:
        if names:
            yield Slice(folder.name, depth, first, last, tuple(names))

    for index, item in enumerate(folder.items):
        jobs = [job.name for level, job in _jobs_below(item) if level == depth]
        own = [name for name in jobs if name in wanted]
        parted = any(name in borders for name in own[1:])
        too_large = (len(jobs) > largest or parted) and isinstance(item, Folder)
        if too_large or weight + len(jobs) > largest or any(name in borders for name in own) or not names:
            yield from piece(index)
            first, weight, names = index, 0, []
        if too_large and isinstance(item, Folder):
            yield from _cut(item, depth - 1, wanted, largest, borders)
            first = index + 1
        elif own or names:
            weight += len(jobs)
            names += own
    yield from piece(len(folder.items))


def jobs_of(folder: Folder) -> list[SeenJob]:
    """All jobs in it, at any level, in its order."""
    return [job for _, job in _jobs(folder)]


def _jobs(folder: Folder) -> Iterator[tuple[int, SeenJob]]:
    for item in folder.items:
        yield from _jobs_below(item)


def _jobs_below(item: Folder | SeenJob | None) -> Iterator[tuple[int, SeenJob]]:
    if isinstance(item, SeenJob):
        yield 1, item
    elif isinstance(item, Folder):
        yield from ((level + 1, job) for level, job in _jobs(item))
