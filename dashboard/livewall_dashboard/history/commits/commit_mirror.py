"""The commits behind an address, as a bare clone without files in the wall's folder."""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.history.commits.fetch_address import Credentials, shown_url, without_password, without_secrets
from livewall_dashboard.history.commits.git_clone import GitClone
from livewall_dashboard.history.commits.git_process import PROTOCOLS, Git, GitFailed

LONG = 3600.0
"""Seconds that git may take: the first time it fetches all that there is."""
DAMAGED = re.compile(
    r"not a git repository|object file .* is empty|loose object .* is corrupt|bad object|unable to read tree|"
    r"inflate: data stream error|does not point to a valid object|packfile .* (?:is far too short|cannot be)",
    re.IGNORECASE,
)
"""What git says of a clone that is to be made anew."""


def mirror(url: str, data: Path, *, protocols: Sequence[str] = PROTOCOLS, timeout: float = LONG) -> GitClone:
    """What is behind `url` now; the clone is made where there is none, and made anew where it is damaged.

    `data`: the wall's folder. `url` may hold a password, which is kept nowhere. Of two who ask for the same one the
    second waits. Raises `Misconfigured`, also where git takes longer than `timeout` seconds.
    """
    address, credentials = without_password(url)
    folder = data.expanduser().absolute() / "repositories" / f"{hashlib.sha256(address.encode()).hexdigest()[:32]}.git"
    git = Git(folder.parent, protocols)
    try:
        with _alone_in(folder):
            if folder.is_dir():
                _renew(git, address, credentials, folder, timeout)
            else:
                _make(git, address, credentials, folder, timeout)
    except GitFailed as error:
        raise Misconfigured(f"{shown_url(url)} cannot be fetched: {without_secrets(error.message, url)}") from None
    except OSError as error:
        raise Misconfigured(f"{folder.parent} cannot be written: {error.strerror or error}") from error
    return GitClone(folder)


def left_by_killed(folder: Path) -> Iterator[Path]:
    """Files of a git that was killed in this clone, for which the next one would not write."""
    yield from folder.glob("*.lock")
    yield from folder.glob("packed-refs.new")
    yield from (folder / "refs").rglob("*.lock")
    yield from (folder / "objects").glob("*/*.lock")


def _renew(git: Git, address: str, credentials: Credentials | None, folder: Path, timeout: float) -> None:
    for path in left_by_killed(folder):
        path.unlink(missing_ok=True)
    words = ["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "origin",
             "+refs/heads/*:refs/heads/*"]  # fmt: skip
    try:
        git.run(["--git-dir", str(folder), *words], timeout=timeout, credentials=credentials)
    except GitFailed as error:
        if not DAMAGED.search(error.said) or _is_readable(git, folder):
            raise
        shutil.rmtree(folder)
        _make(git, address, credentials, folder, timeout)


def _is_readable(git: Git, folder: Path) -> bool:
    """Whether what is damaged is not this clone, but the other one."""
    try:
        git.run(["--git-dir", str(folder), "rev-list", "--all", "--count"], timeout=LONG)
    except GitFailed:
        return False
    return True


def _make(git: Git, address: str, credentials: Credentials | None, folder: Path, timeout: float) -> None:
    unfinished = folder.with_suffix(".unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    words = ["clone", "--quiet", "--bare", "--template=", "--no-tags", "--filter=tree:0", "--", address,
             str(unfinished)]  # fmt: skip
    git.run(words, timeout=timeout, credentials=credentials)
    unfinished.rename(folder)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """The lock goes with whoever holds it, also where that is killed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
