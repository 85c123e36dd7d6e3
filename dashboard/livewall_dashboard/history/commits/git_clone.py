"""Reads a clone by git's own command line: branches, and commits in the order of the repository.

What a clone's configuration could make git run (hooks, a pager, a program that checks signatures, a helper that fetches
what is missing) is switched off: a clone may be anybody's.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from livewall_dashboard.base.errors import Misconfigured

HARMLESS = [
    word
    for setting in (
        "core.hooksPath=/dev/null",
        "core.fsmonitor=false",
        "core.pager=cat",
        "core.alternateRefsCommand=true",
        "log.showSignature=false",
        "i18n.logOutputEncoding=UTF-8",
        "gc.auto=0",
        "http.lowSpeedLimit=1000",
        "http.lowSpeedTime=60",
    )
    for word in ("-c", setting)
]
_KEPT = re.compile(r"GIT_(SSH|SSL|ASKPASS|TRACE|CONFIG|PROXY|CURL|HTTP)")
"""Variables of git that say how to fetch; the others would lead it to another repository."""
_FORMAT = "%H%x00%P%x00%ct%x00%an%x00%ae%x00%B"
_FIELDS = 6
_READ = 1 << 20
_NO_CLONE = "not a git repository"
_NOT_OURS = "dubious ownership"


@dataclass(frozen=True, slots=True)
class GitCommit:
    """`committed_at`: seconds since 1970."""

    hash: str
    parents: list[str]
    committed_at: int
    author_name: str
    author_email: str
    message: str


class GitClone:
    """A clone on this machine, bare or not. Its branches are those of the remote it was cloned from, or its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._environment = git_environment("none", folder)

    def check(self) -> None:
        """Raises `Misconfigured` for what is no whole clone."""
        if self._text("rev-parse", "--is-shallow-repository") == "true":
            raise Misconfigured(
                f"{self.folder} is a shallow clone, which lacks commits: `git fetch --unshallow` in it first."
            )

    def remotes(self) -> dict[str, str]:
        """URLs by name, that of the remote it was cloned from first."""
        lines = self._text("config", "--get-regexp", r"^remote\..*\.url$", also=(1,)).splitlines()
        pairs = [line.split(" ", 1) for line in lines]
        found = {key.removeprefix("remote.").removesuffix(".url"): url for key, url in pairs}
        return dict(sorted(found.items(), key=lambda item: item[0] != "origin"))

    def branches(self) -> dict[str, str]:
        """Heads by name. What a remote has comes before what was committed here alone."""
        own = self._heads("refs/heads/")
        remote = next(iter(self.remotes()), None)
        return self._heads(f"refs/remotes/{remote}/") or own if remote else own

    def default_branch(self) -> str:
        """That of the remote, or the one checked out; "" where HEAD names none."""
        remote = next(iter(self.remotes()), "origin")
        start = f"refs/remotes/{remote}/"
        named = self._text("symbolic-ref", "--quiet", f"{start}HEAD", also=(1, 128))
        return named.removeprefix(start) or self._text("symbolic-ref", "--quiet", "--short", "HEAD", also=(1, 128))

    def contains(self, head: str, commit: str) -> bool:
        """Whether a commit is part of what `head` is; False for one that this clone does not have."""
        return self._run("merge-base", "--is-ancestor", commit, head, also=(1, 128)).returncode == 0

    def first_parents(self, head: str, without: Iterable[str]) -> set[str]:
        """The commits that `head` itself went through, those that came by merges left out."""
        words = ("rev-list", "--first-parent", "--ignore-missing", "--stdin")
        return set(self._text(*words, given=_revisions(head, without)).split())

    def commits(self, head: str, without: Iterable[str]) -> Iterator[GitCommit]:
        """What `head` has and `without` have not, each after its parents. Raises `Misconfigured`."""
        words = self._words("log", "-z", "--reverse", "--topo-order", "--ignore-missing", "--no-show-signature",
                            f"--format={_FORMAT}", "--stdin")  # fmt: skip
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.write(_revisions(head, without).encode())
            given.seek(0)
            with subprocess.Popen(
                words, env=self._environment, stdin=given, stdout=subprocess.PIPE, stderr=said
            ) as git:
                assert git.stdout is not None
                fields = _split(iter(partial(git.stdout.read, _READ), b""))
                yield from map(_commit, zip(*[fields] * _FIELDS, strict=False))
            if git.returncode != 0:
                said.seek(0)
                reason = said.read().decode(errors="replace")
                raise _failure(f"The commits of {self.folder} cannot be read", reason, self.folder)

    def _heads(self, start: str) -> dict[str, str]:
        lines = self._text("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", start).splitlines()
        rows = [line.split(" ", 2) for line in lines]
        found = {name.removeprefix(start): head for head, kind, name in rows if kind == "commit"}
        return {name: head for name, head in found.items() if name != "HEAD"}

    def _text(self, *words: str, given: str = "", also: tuple[int, ...] = ()) -> str:
        done = self._run(*words, given=given, also=also)
        return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""

    def _run(self, *words: str, given: str = "", also: tuple[int, ...] = ()) -> subprocess.CompletedProcess[bytes]:
        done = _git(self._words(*words), self._environment, given)
        if done.returncode not in (0, *also):
            raise _failure(f"{self.folder} cannot be read", done.stderr.decode(errors="replace"), self.folder)
        return done

    def _words(self, *words: str) -> list[str]:
        return ["git", *HARMLESS, "--no-pager", "-C", str(self.folder), *words]


def git_environment(protocols: str, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or _KEPT.match(name)}
    return {
        **kept,
        "LC_ALL": "C.UTF-8",
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_CEILING_DIRECTORIES": str(folder.absolute().parent),
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _git(words: list[str], environment: Mapping[str, str], given: str = "") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(words, env=environment, input=given.encode(), capture_output=True, check=False)
    except FileNotFoundError:
        raise Misconfigured(
            "The program git is not installed here: `apt install git`, or your system's like."
        ) from None


def _failure(what: str, said: str, folder: Path) -> Misconfigured:
    if _NOT_OURS in said:
        return Misconfigured(
            f"{what}: it belongs to another user, and git does not trust it. Run this as that user or, if you do trust "
            f"it: git config --global --add safe.directory {folder.absolute()}"
        )
    if _NO_CLONE in said:
        return Misconfigured(f"{what}: it is no clone of a git repository. Name its topmost folder.")
    lines = [line for line in said.splitlines() if line.startswith(("fatal:", "error:", "ssh:"))] or said.splitlines()
    return Misconfigured(f"{what}: {lines[0].partition(': ')[2] or lines[0] if lines else 'git does not say why'}")


def _revisions(head: str, without: Iterable[str]) -> str:
    """As git reads them with --stdin; of those that the clone does not have it takes no notice."""
    return "".join(f"{line}\n" for line in [head, *(f"^{commit}" for commit in without)])


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The fields between the NULs."""
    rest = b""
    for chunk in chunks:
        *fields, rest = (rest + chunk).split(b"\0")
        yield from fields


def _commit(record: tuple[bytes, ...]) -> GitCommit:
    commit, parents, committed_at, name, email, message = (field.decode(errors="replace") for field in record)
    return GitCommit(commit, parents.split(), int(committed_at), name, email, message.strip("\n"))
