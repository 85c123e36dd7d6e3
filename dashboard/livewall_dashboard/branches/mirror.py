"""The mirror of a repository: a bare clone of all its remotes, from which branches and commits are read."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from livewall_dashboard.base.clock import UTC
from livewall_dashboard.history.commits.commit_mirror import DAMAGED, left_by_killed
from livewall_dashboard.history.commits.fetch_address import public_url, shown_url, without_password, without_secrets
from livewall_dashboard.history.commits.git_process import SHORT, Git, GitFailed
from livewall_dashboard.lab.projects import Remote

LONG = 3600.0
MOST_NAME = 1000
"""Bytes of a branch's name."""
MOST_SHOWN = 500
"""Characters of a commit's subject, and of its author."""
MOST_LOOSE = 50
"""Branches that may be a file each, which git opens at every look; more are packed into one."""
LATEST = datetime(9000, 1, 1, tzinfo=UTC)

_FIELDS = "%(objectname)%00%(committerdate:unix)%00%(authorname)%00%(subject)%00%(refname)"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch as its remote has it. `subject` and `author`: of its newest commit."""

    name: str
    commit: str
    committed_at: datetime | None = None
    subject: str = ""
    author: str = ""


class Mirror:
    """Of one repository, in `folder`. One at a time uses it. Its methods raise GitFailed and OSError."""

    def __init__(self, git: Git, folder: Path) -> None:
        self._git = git
        self.folder = folder
        self._is_tidy = False
        self._seen: dict[str, bytes] = {}
        self._traces: dict[str, object] = {}

    def fetch(self, remote: Remote, timeout: float) -> bool:
        """Its branches as they are now -> whether anything is other than at the fetch before.

        A mirror that is damaged is made anew at once.
        """
        self._prepare()
        try:
            self._fetch(remote, timeout)
        except GitFailed as error:
            self._is_tidy = False
            if not DAMAGED.search(error.said) or self._is_readable():
                raise
            shutil.rmtree(self.folder)
            self._prepare()
            self._fetch(remote, timeout)
        loose, trace = self._trace(remote)
        if loose > MOST_LOOSE:
            with suppress(GitFailed):  # they are read as they are
                self._local("pack-refs", "--all")
            _, trace = self._trace(remote)
        if remote.name in self._seen and self._traces.get(remote.name) == trace:
            return False
        refs, self._traces[remote.name] = self._refs(remote), trace
        if self._seen.get(remote.name) == refs:
            return False
        self._seen[remote.name] = refs
        return True

    def forget(self, remote: Remote) -> None:
        """What was seen could not be stored: the next fetch says that there is news."""
        self._seen.pop(remote.name, None)

    def branches(self, remote: Remote) -> list[Branch]:
        """As of the last fetch; without those whose names are no text, or longer than anybody means."""
        start = _start(remote)
        told = self._local("for-each-ref", f"--format={_FIELDS}", start)
        rows = [line.split(b"\0") for line in told.split(b"\n") if line.count(b"\0") == 4]
        named = ((row[4].removeprefix(start.encode()), row) for row in rows)
        return [_branch(name, row) for name, row in named if len(name) <= MOST_NAME and _is_text(name)]

    def contains(self, head: str, commit: str) -> bool:
        """Whether a commit is part of what `head` is; False for one that is not here."""
        return self._answers("merge-base", "--is-ancestor", commit, head)

    def has(self, commit: str) -> bool:
        return self._answers("cat-file", "-e", f"{commit}^{{commit}}")

    def fork_point(self, one: str, other: str) -> str:
        """The newest commit that is part of both, "" for none."""
        return self._local("merge-base", one, other, also=(1,)).decode().strip()

    def distance(self, base: str, commit: str) -> tuple[int, int]:
        """How many commits `commit` has that `base` has not, and the other way round."""
        behind, ahead = self._local("rev-list", "--count", "--left-right", f"{base}...{commit}").split()
        return int(ahead), int(behind)

    def export(self, commit: str, url: str, target: Path) -> None:
        """A repository in the new folder `target` that has this commit alone, to be checked out from."""
        self._local("init", "--quiet", "--bare", "--template=", "--initial-branch=none", str(target))
        source = f"file://{self.folder.absolute()}"
        self._git.run(
            ["--git-dir", str(target), "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head",
             "--no-recurse-submodules", "--", source, f"{commit}:refs/livewall/commit"],
            timeout=LONG,
        )  # fmt: skip
        for name, value in (("core.bare", "false"), ("remote.origin.url", public_url(url))):
            self._git.run(["--git-dir", str(target), "config", name, value], timeout=SHORT)

    def tidy(self) -> None:
        """What has gathered is packed, where that is much."""
        self._git.run(["--git-dir", str(self.folder), "gc", "--auto", "--quiet"], timeout=LONG)

    # ------------------------------------------------------------------

    def _fetch(self, remote: Remote, timeout: float) -> None:
        address, credentials = without_password(remote.url)
        words = ["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
                 "--no-auto-maintenance", "--", address, f"+refs/heads/*:{_start(remote)}*"]  # fmt: skip
        try:
            self._git.run(["--git-dir", str(self.folder), *words], timeout=timeout, credentials=credentials)
        except GitFailed as error:
            told = without_secrets(error.message, remote.url)
            raise GitFailed(f"{shown_url(remote.url)} cannot be fetched: {told}", error.said) from None

    def _prepare(self) -> None:
        """There is a mirror, and no lock in it that a killed predecessor has left."""
        if not self.folder.is_dir():
            new = self.folder.with_name(f"{self.folder.name}.new")
            shutil.rmtree(new, ignore_errors=True)
            new.parent.mkdir(parents=True, exist_ok=True)
            self._local("init", "--quiet", "--bare", "--template=", "--initial-branch=none", str(new))
            self._git.run(["--git-dir", str(new), "config", "uploadpack.allowAnySHA1InWant", "true"], timeout=SHORT)
            new.rename(self.folder)
        if not self._is_tidy:
            for path in left_by_killed(self.folder):
                path.unlink(missing_ok=True)
            self._is_tidy = True

    def _is_readable(self) -> bool:
        """Whether git finds all that the branches lead to."""
        try:
            self._local("rev-list", "--objects", "--all", "--quiet", timeout=LONG)
        except GitFailed:
            return False
        return True

    def _trace(self, remote: Remote) -> tuple[int, object]:
        """How many branches are a file each, and what is another as soon as git has written a branch: it writes
        beside, and renames. Asks no git for that.
        """
        packed = self.folder / "packed-refs"
        file = packed.stat() if packed.exists() else None
        folders, loose = [], 0
        for name, _, files in os.walk(self.folder / _start(remote)):
            folders.append((name, Path(name).stat().st_mtime_ns))
            loose += len(files)
        return loose, (file and (file.st_ino, file.st_size, file.st_mtime_ns), sorted(folders))

    def _refs(self, remote: Remote) -> bytes:
        """Names and commits alone: no commit is read for that."""
        return self._local("for-each-ref", "--format=%(objectname) %(refname)", _start(remote))

    def _answers(self, *words: str) -> bool:
        try:
            self._local(*words)
        except GitFailed:
            return False
        return True

    def _local(self, *words: str, also: tuple[int, ...] = (), timeout: float = SHORT) -> bytes:
        where = [] if words[0] == "init" else ["--git-dir", str(self.folder)]
        return self._git.run([*where, *words], timeout=timeout, also=also)


class Mirrors:
    """Of all projects, below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._git = Git(folder)

    def of(self, project: str, repository: str) -> Mirror:
        return Mirror(self._git, self._folder / project / f"{repository}.git")


def _start(remote: Remote) -> str:
    return f"refs/remotes/{remote.name}/"


def _is_text(name: bytes) -> bool:
    try:
        return bool(name.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _branch(name: bytes, row: list[bytes]) -> Branch:
    commit, at, author, subject, _ = row
    return Branch(name.decode(), commit.decode(), _time(at), _line(subject), _line(author))


def _time(seconds: bytes) -> datetime | None:
    """Of a clock that may have been anywhere."""
    try:
        return min(datetime.fromtimestamp(int(seconds), UTC), LATEST)
    except (ValueError, OverflowError, OSError):
        return None


def _line(text: bytes) -> str:
    """As much of it as is shown; it may be as long as a commit can be."""
    shown = text[: 4 * MOST_SHOWN].decode("utf-8", "replace")[:MOST_SHOWN]
    return "".join(each if each.isprintable() else " " for each in shown).strip()
