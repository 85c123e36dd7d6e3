"""Repositories made by the real git."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_CALM = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
BEGAN = 1_700_000_000


@dataclass
class GitRepository:
    """A repository with a working tree, in which a commit is a line."""

    folder: Path
    clock: int = BEGAN

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *words: str, given: bytes = b"") -> str:
        when = f"{self.clock} +0100"
        people = {"GIT_AUTHOR_NAME": "Änn", "GIT_AUTHOR_EMAIL": "ann@example.org"}
        people |= {"GIT_COMMITTER_NAME": "Bob", "GIT_COMMITTER_EMAIL": "bob@example.org"}
        times = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words],
            env={**os.environ, **_CALM, **people, **times},
            input=given,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def commit(self, message: str = "Change it", *, after: int = 60) -> str:
        """A commit `after` seconds -> its hash."""
        self.clock += after
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head()

    def merge(self, branch: str) -> str:
        self.clock += 60
        self.git("merge", "--quiet", "--no-ff", "--message", f"Merge {branch}", branch)
        return self.head()

    def switch(self, branch: str, *, new: bool = False) -> None:
        self.git("switch", "--quiet", *(["--create"] if new else []), branch)

    def head(self, name: str = "HEAD") -> str:
        return self.git("rev-parse", name)

    def many(self, count: int) -> str:
        """So many commits on main in a moment -> its head."""
        lines = []
        for number in range(count):
            message = f"Commit {number}\n\nWith a second paragraph.\n".encode()
            lines.append(
                b"commit refs/heads/main\ncommitter Bob <bob@example.org> %d +0000\ndata %d\n%s\n"
                % (BEGAN + number // 3, len(message), message)
            )
        self.git("fast-import", "--quiet", "--force", given=b"".join(lines))
        return self.head("main")
