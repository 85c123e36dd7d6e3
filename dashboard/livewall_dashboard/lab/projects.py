"""Projects whose branches are built, as the configuration has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

ORIGIN = "origin"
"""What the repository's own address is called among its remotes."""
MAIN_NAMES = ("main", "master")
"""A main branch that the configuration does not name: the first of these that is there."""
MAX_AGE = timedelta(days=30)

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Remote:
    """Where branches are fetched from. `url` may hold a password."""

    name: str
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatusHost:
    """Who is told what became of a commit. `kind`: github, gitlab, gitea or gerrit; `url` has no slash at its end."""

    kind: str
    url: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Repository:
    """`remotes`: the repository's own first, then those of other teams. `main`: "" where it is not named."""

    name: str
    remotes: tuple[Remote, ...]
    main: str = ""
    status: StatusHost | None = None

    @property
    def variable(self) -> str:
        """In which a build finds its commit: what is no letter or digit of the name is `_` there."""
        return f"COMMIT_{_NOT_IN_A_NAME.sub('_', self.name)}"


@dataclass(frozen=True, slots=True)
class Step:
    """`timeout`: seconds."""

    name: str
    command: str
    timeout: float = 3600.0


@dataclass(frozen=True, slots=True)
class RunCommand:
    """What is left running after a good build.

    `health`: a path that answers when it is ready, within `timeout` seconds. `number`: how many run at most.
    `asleep`: how long one that does not run is kept.
    """

    command: str
    health: str = "/"
    number: int = 16
    cleanup: str = ""
    timeout: float = 120.0
    asleep: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Project:
    """Repositories whose branches belong together by name. Durations are seconds.

    `sticky`, `only` and `never` are patterns of bundles' names, `bundle` the rule that makes such a name of a branch's.
    `max_age` None: however old. `queue` and `labels`: of the agents that build it.
    `badge`: whether everybody may see how its branches are.
    """

    name: str
    repositories: tuple[Repository, ...]
    steps: tuple[Step, ...]
    sticky: tuple[str, ...] = ()
    bundle: re.Pattern[str] | None = None
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    max_age: timedelta | None = MAX_AGE
    gather: float = 60.0
    fetch_every: float = 20.0
    fetch_timeout: float = 300.0
    queue: str = "local"
    labels: Mapping[str, str] = field(default_factory=dict)
    run: RunCommand | None = None
    hook_secret: str = field(default="", repr=False)
    badge: bool = False
