"""The files that folders, patterns and paths on a command line mean."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".xml", ".xml.gz", ".json", ".json.gz")
"""Of the files that are looked at in folders."""
_PABOT = "pabot_results"


@dataclass(frozen=True)
class InputFile:
    """`named`: by the user, so that it should be a file of results; else found in a folder.

    `skip`: why it is not looked at, `broken`: why it cannot be; "" where it is. `shown`: what its sender
    calls it, "" for its path. `parts`: of a build that wrote several files, these; `path` stands for all.
    """

    path: Path
    named: bool
    skip: str = ""
    broken: str = ""
    shown: str = ""
    parts: tuple[Path, ...] = ()

    @property
    def name(self) -> Path:
        """The path that says something to the user."""
        return Path(self.shown) if self.shown else self.path


def input_files(paths: Iterable[Path], others: tuple[str, ...] = ()) -> Iterator[InputFile]:
    """Each file once, in the order of `paths`, and by name in folders; `others`: further suffixes there.

    Reading a named one says whether it is there.
    """
    seen: set[str] = set()
    for path in paths:
        for found in _expand(path, (*SUFFIXES, *others)):
            real = os.path.realpath(found.path)
            if real not in seen:
                seen.add(real)
                yield found


def _expand(path: Path, suffixes: tuple[str, ...]) -> Iterator[InputFile]:
    is_pattern = glob.has_magic(str(path)) and not os.path.lexists(path)
    names = sorted(glob.glob(str(path), recursive=True)) if is_pattern else []  # noqa: PTH207  # it may be absolute
    matches = [Path(name) for name in names] if is_pattern else [path]
    if not matches:
        yield InputFile(path, named=True, broken="No file matches it.")
    for match in matches:
        if os.path.isdir(match):  # noqa: PTH112  # a Path raises for a name that is too long
            yield from _in_folder(match, suffixes)
        else:
            yield InputFile(match, named=not is_pattern)


def _in_folder(top: Path, suffixes: tuple[str, ...]) -> Iterator[InputFile]:
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(top, onerror=unreadable.append):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(suffixes):
                path = Path(folder, name)
                yield InputFile(path, named=False, skip=_is_part_of_pabot(path, top))
    for error in unreadable:
        yield InputFile(Path(error.filename), named=False, broken=f"It cannot be read: {error.strerror}.")


def _is_part_of_pabot(path: Path, top: Path) -> str:
    """Pabot leaves the output of each process beside the one it puts together of all."""
    parts = path.relative_to(top).parts
    if _PABOT not in parts:
        return ""
    whole = top.joinpath(*parts[: parts.index(_PABOT)], "output.xml")
    return f"It is of one process of pabot; {whole.name} beside {_PABOT} is of all." if whole.is_file() else ""
