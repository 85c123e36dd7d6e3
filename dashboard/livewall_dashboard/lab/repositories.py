"""Repositories whose commits the wall reads by itself, as the configuration has them."""

from __future__ import annotations

from dataclasses import dataclass, field

FETCH_EVERY = 300.0


@dataclass(frozen=True, slots=True)
class WatchedRepository:
    """`name`: what uploaders call it. `url` may hold a password. `default_branch`: "" for what the repository says.

    `branches`: patterns of those that are read beside it; none: all. `fetch_every`: seconds.
    """

    name: str
    url: str = field(repr=False)
    default_branch: str = ""
    branches: tuple[str, ...] = ()
    fetch_every: float = FETCH_EVERY
