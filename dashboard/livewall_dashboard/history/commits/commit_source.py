"""A repository whose commits the wall reads by itself. Plain data."""

from __future__ import annotations

import msgspec

from livewall_dashboard.history.commits.fetch_address import public_url
from livewall_dashboard.history.commits.repository_address import address_of


class CommitSource(msgspec.Struct, frozen=True):
    """A repository. `is_named`: whether `name` was chosen for its commits, and counts where it has another one.

    `url` may hold a password. `branches`: patterns, none for all. `fetch_every`: seconds.
    """

    name: str
    url: str
    is_named: bool = True
    default_branch: str = ""
    branches: tuple[str, ...] = ()
    fetch_every: float = 300.0

    def __repr__(self) -> str:
        return f"CommitSource({self.name!r})"

    @property
    def address(self) -> str:
        return address_of(public_url(self.url))
