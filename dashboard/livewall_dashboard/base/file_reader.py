"""What reads files of a kind for `livewall import` and `POST /api/v1/imports`, besides those that these know.

A feature has one, and `readers.py` names it: files are read in a program of their own, where no feature is made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FileToRead:
    """`path`: where it lies; `name`: what its sender calls it. The rest is what they say of its run: None and "" where
    they do not. `setups`: those whose runs they may write; None: all.
    """

    path: Path
    name: str
    setup: str | None = None
    setups: Collection[str] | None = None
    run: str | None = None
    suite: str = ""
    repository: str = ""
    commit: str = ""
    branch: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadRun:
    """The run of a file. `is_new`: it was not there; `is_changed`: it got what it lacked. `note`: what to say."""

    key: str
    setup: str
    tests: int
    is_new: bool
    is_changed: bool = False
    is_partial: bool = False
    note: str = ""


class FileReader(Protocol):
    suffixes: tuple[str, ...]
    """How such files end, in small letters: by that they are found in folders."""

    def takes(self, beginning: bytes, name: str) -> bool:
        """Whether a file is of the kind, by its first kilobytes as they lie on the disk."""

    def store(self, file: FileToRead, database_url: str, data: Path) -> ReadRun:
        """All of it or nothing; the same again changes nothing. `data`: the wall's folder.

        Raises LivewallError, with the reason.
        """
