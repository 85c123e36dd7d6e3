"""git, where commits of repositories are read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing

from livewall_dashboard.check.result import Result, ok, warning
from livewall_dashboard.history.commits.store import CommitStore
from livewall_dashboard.postgres.database import Database


def check_git(url: str) -> Iterator[Result]:
    """Whether `livewall commits sync` finds it here; nothing where no repository was read. Raises LivewallError."""
    with closing(Database(url)) as database:
        names = [repository["name"] for repository in CommitStore(database).repositories()]
    if not names:
        return
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    if program := shutil.which("git"):
        yield ok("git", f"{program} reads the commits of {shown}")
    else:
        yield warning(
            "git",
            f"commits of {shown} were read, and git is not installed here: `apt install git`, unless `livewall commits "
            "sync` is called on another machine",
        )
