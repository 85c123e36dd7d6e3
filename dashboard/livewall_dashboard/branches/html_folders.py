"""Which folders among what a build left are pages of HTML, and what their index says of coverage. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

INDEX = "index.html"
MOST_FILES = 10_000
MOST_BYTES = 512 * 1024 * 1024
"""Of all that is kept of a build, unpacked."""
MOST_PATH = 500
MOST_FOLDERS = 20

_COVERAGE = re.compile(
    rb'class="pc_cov">\s*(\d+(?:\.\d+)?)\s*%'  # coverage.py
    rb'|class="headerCovTableEntry(?:Hi|Med|Lo)"[^>]{0,200}>\s*(\d+(?:\.\d+)?)(?:&nbsp;|\s)*%'  # lcov's genhtml
    rb'|class="strong">\s*(\d+(?:\.\d+)?)\s*%'  # istanbul
)
"""Nobody else is served while it is looked for: what a branch wrote must not make that take long."""


@dataclass(frozen=True, slots=True)
class HtmlFolder:
    """`trouble`: why it is not kept, "" where it is."""

    path: str
    trouble: str = ""


def is_path(path: str) -> bool:
    """Whether a file may be kept by this path: it is one in an address, too."""
    return (
        len(path) <= MOST_PATH and path.isprintable() and all(part not in ("", ".", "..") for part in path.split("/"))
    )


def folders_of(sizes: Mapping[str, int]) -> list[HtmlFolder]:
    """The topmost folders that have an index.html, of files with these paths and sizes."""
    with_index = {path.rpartition("/")[0] for path in sizes if path.rpartition("/")[2] == INDEX and "/" in path}
    found: dict[str, list[int]] = {}
    for path, size in sizes.items():
        if folder := folder_of(path, with_index):
            found.setdefault(folder, []).append(size)
    folders, files, total = [], 0, 0
    for folder in sorted(found)[:MOST_FOLDERS]:
        many, large = len(found[folder]), sum(found[folder])
        trouble = _trouble(files + many, total + large)
        if not trouble:
            files, total = files + many, total + large
        folders.append(HtmlFolder(folder, trouble))
    return folders


def folder_of(path: str, folders: Collection[str]) -> str:
    """The topmost of the folders that a file is in, "" for none."""
    end = path.find("/")
    while end > 0 and path[:end] not in folders:
        end = path.find("/", end + 1)
    return path[: max(end, 0)]


def coverage_of(index: bytes) -> float | None:
    """Percent of all that is covered, as coverage.py, lcov or istanbul have it in their index; None where none has."""
    found = _COVERAGE.search(index)
    percent = float(next(group for group in found.groups() if group)) if found else None
    return percent if percent is not None and percent <= 100 else None


def _trouble(files: int, size: int) -> str:
    if files > MOST_FILES:
        return f"a build has at most {MOST_FILES:,} files of pages"
    return f"pages of a build have at most {MOST_BYTES // 1024 // 1024} MB" if size > MOST_BYTES else ""
