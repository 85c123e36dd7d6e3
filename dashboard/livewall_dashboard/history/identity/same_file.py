"""Which longnames of suites are one suite: by the file that it stands in. Pure.

`robot tests` says Tests.Login of tests/login.robot, `robot tests/login.robot` says Login. How far up Robot Framework
began to name folders is nothing of the suite, so these names are left out (`own_names`). Those that are left and the
place of the file are the proof: two longnames that have it in common are one suite, unless anything speaks against it.

Whatever comes first, the result is the same: it is a function of all that was seen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_ABSOLUTE = re.compile(r"/|[A-Z]:/")


@dataclass(frozen=True, slots=True)
class Level:
    """A suite between the root and the file: `source` as the node wrote it, "" for a root made of several."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a suite of that longname was seen. `suite`: its number; `names`: see `own_names`.

    `path`: the file on that machine, parted by /, "" where no file is named, or only
    from an unknown folder on. `address` and `place`: its repository and
    where it is in there or, both "", unknown; then `node` says whose `path` it is.
    """

    suite: int
    names: tuple[str, ...]
    path: str
    node: str = ""
    address: str = ""
    place: str = ""

    @property
    def proof(self) -> tuple[str, ...]:
        """What two sightings of one suite have in common; () where there is nothing to compare."""
        where = ("in", self.address, self.place) if self.place else ("on", self.node, self.path)
        return (*where, *self.names) if self.path and self.names else ()


def sighting(suite: int, levels: Sequence[Level], *, node: str, root: str, address: str) -> Sighting:
    """`levels`: from the root suite to the file. `root`: folder of the clone on that machine, `address` of whose
    repository; "" where unknown.
    """
    path, folder = normal_path(levels[-1].source), normal_path(root).rstrip("/")
    if not _ABSOLUTE.match(path):
        return Sighting(suite, (), "")
    if address and folder and path.startswith(f"{folder}/"):
        return Sighting(suite, own_names(levels), path, "", address, path[len(folder) + 1 :])
    return Sighting(suite, own_names(levels), path, node)


def own_names(levels: Sequence[Level]) -> tuple[str, ...]:
    """The names from the root to the file without those, at the beginning, that only say where `robot` began.

    Such is a folder's name as Robot Framework makes it, and that of a root made of several (`Login & Orders`). Names
    that somebody chose, by --name or in an __init__ file, stay, and what is below them.
    """
    first = 0
    while first < len(levels) - 1 and _only_says_where(levels[first], levels[first + 1]):
        first += 1
    return tuple(level.name for level in levels[first:])


def name_of_folder(path: str) -> str:
    """As Robot Framework names a suite after its folder."""
    name = normal_path(path).rstrip("/").rpartition("/")[2]
    if "__" in name:
        name = name.split("__", 1)[1] or name
    name = name.replace("_", " ").strip()
    return name.title() if name.islower() else name


def normal_path(path: str) -> str:
    """Parted by /, and with a drive's letter in upper case: of Windows, whatever reads it."""
    if _DRIVE.match(path) or path.startswith("\\\\"):
        path = path.replace("\\", "/")
        path = path[:1].upper() + path[1:]
    return path


def one_suite(
    sightings: Iterable[Sighting], apart: Collection[frozenset[int]] = frozenset()
) -> dict[frozenset[int], tuple[Sighting, ...]]:
    """Suites, two or more, that are one; with what proves it, a sighting of each.

    A longname that was seen of two files is joined with nothing. `apart`: pairs that are two, because they ran in one
    run or because somebody said so. Where a group holds such a pair, or two files, none of it is joined: nobody can
    know which.
    """
    seen: dict[int, set[Sighting]] = defaultdict(set)
    for each in sightings:
        seen[each.suite].add(each)
    clear = {suite: found for suite, found in seen.items() if is_one_file(found)}
    return {
        group: tuple(min(clear[suite], key=lambda each: (not each.place, each.path)) for suite in sorted(group))
        for group in _linked(clear)
        if len(group) > 1
        and is_one_file({each for suite in group for each in clear[suite]})
        and not any(pair <= group for pair in apart)
    }


def is_one_file(sightings: Collection[Sighting]) -> bool:
    """Whether all of these can be of one file."""
    if any(not each.proof for each in sightings) or len({each.names for each in sightings}) > 1:
        return False
    places = {each.place for each in sightings if each.place}
    # By its name alone: forks and mirrors have other addresses.
    repositories = {each.address.rpartition("/")[2] for each in sightings if each.place}
    if len(places) > 1 or len(repositories) > 1:
        return False
    if places:
        end = f"/{places.pop()}"
        return all(f"/{each.path}".endswith(end) for each in sightings)
    return len({each.path for each in sightings}) == 1


def _only_says_where(level: Level, below: Level) -> bool:
    if level.source:
        return level.name == name_of_folder(level.source)
    return f" & {below.name} & " in f" & {level.name} & "


def _linked(seen: dict[int, set[Sighting]]) -> list[frozenset[int]]:
    """Suites that have a proof in common, be it by way of others."""
    groups: dict[int, set[int]] = {suite: {suite} for suite in seen}
    first: dict[tuple[str, ...], int] = {}
    for suite in sorted(seen):
        for each in seen[suite]:
            other = groups[first.setdefault(each.proof, suite)]
            mine = groups[suite]
            if other is not mine:
                other |= mine
                groups.update(dict.fromkeys(mine, other))
    return [frozenset(group) for group in {id(group): group for group in groups.values()}.values()]
