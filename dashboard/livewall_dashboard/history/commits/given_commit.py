"""A commit that a run is told to have been made at. Plain data."""

from __future__ import annotations

from typing import NamedTuple


class GivenCommit(NamedTuple):
    """The commit of one repository, by the repository's name. The run is made at it as soon as it is known."""

    repository: str
    hash: str
    branch: str = ""
