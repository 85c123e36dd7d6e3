"""A commit that a run is told to have been made at. Plain data."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class GivenCommit(NamedTuple):
    """The commit of one repository, by the repository's name.

    With `committed_at` it is made known, if it is not: `order` counts those of one second. Without, it has to be known
    for the run to have a place among the commits.
    """

    repository: str
    hash: str
    branch: str = ""
    committed_at: datetime | None = None
    order: int = 0
    identifier: str = ""
    author_name: str = ""
    author_email: str = ""
    message: str = ""
