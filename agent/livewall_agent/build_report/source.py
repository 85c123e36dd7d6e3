"""SOURCE -> a folder to build in: a tarball from here or elsewhere, a folder, a clone."""

from __future__ import annotations

import re
import shutil
import subprocess
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from livewall_agent.build_report.archives import SUFFIXES, unpack
from livewall_agent.errors import AgentError, Misconfigured
from livewall_agent.reportwire import is_git, urlsplit_path

TIMEOUT = 60.0
"""Seconds without a byte after which a download has failed."""
_URL = re.compile(r"(?:https?|ftp)://", re.IGNORECASE)
_ODD = re.compile(r"[^A-Za-z0-9._%^+~@-]")
MADE_BY = ("configure", "bootstrap", "autogen.sh", "configure.ac", "configure.in", "Makefile")


class CannotBuild(AgentError):
    """The build could not begin: the sources are not there."""


@dataclass(frozen=True)
class Source:
    """`text`: as it was given; `basename`: name and version, as in reports. `kind`: "git", "folder" or "tarball"."""

    text: str
    basename: str
    kind: str

    @classmethod
    def of(cls, text: str, branch: str = "") -> Source:
        """Raises Misconfigured and CannotBuild for what can be no source."""
        kind = "git" if is_git(text) else "tarball" if _URL.match(text) or not Path(text).is_dir() else "folder"
        if branch and kind != "git":
            raise Misconfigured(f"-b {branch} is for a git source, and {text!r} is none: its address ends with .git")
        if kind == "tarball":
            _check_tarball(text)
        return cls(text, _basename_of(text, kind), kind)


def fetch(source: Source, folder: Path, branch: str, environment: Mapping[str, str]) -> tuple[Path, str]:
    """-> where to build, below `folder`, and the commit that is built, "" for none. Raises CannotBuild."""
    if source.kind == "git":
        return _clone(source, folder / source.basename, branch, environment)
    if source.kind == "folder":
        return _copy(Path(source.text).absolute(), folder / source.basename, folder)
    tarball = _download(source.text, folder) if _URL.match(source.text) else Path(source.text)
    unpacked = folder / f"{source.basename}.unpacked"
    unpack(tarball, unpacked)
    root = _root_of(unpacked, source.basename)
    place = folder / (source.basename if root == unpacked else root.name)
    shutil.move(root, place)
    shutil.rmtree(unpacked, ignore_errors=True)
    return place, ""


def _check_tarball(text: str) -> None:
    name = urlsplit_path(text) if _URL.match(text) else text
    if not name.lower().endswith(SUFFIXES):
        raise CannotBuild(f"{text!r} is no source: give a {', '.join(SUFFIXES)}, a folder, or a git address (*.git)")
    if not _URL.match(text) and not Path(text).is_file():
        raise CannotBuild(f"{text} is not there")


def _basename_of(text: str, kind: str) -> str:
    path = Path(text).absolute().name if kind == "folder" else urlsplit_path(text).rstrip("/").rpartition("/")[2]
    name = path.rpartition(":")[2]
    for suffix in (".git", *SUFFIXES):
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)]
            break
    return _ODD.sub("-", name)[:100].lstrip(".-") or "source"


def _download(url: str, folder: Path) -> Path:
    target = folder / urlsplit_path(url).rpartition("/")[2]
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer, target.open("wb") as file:
            shutil.copyfileobj(answer, file, 1024 * 1024)
            told = answer.headers.get("Content-Length")
    except (OSError, ValueError) as error:
        raise CannotBuild(f"{_shown(url)} cannot be downloaded: {getattr(error, 'reason', error)}") from None
    if told and told.isdecimal() and target.stat().st_size != int(told):
        raise CannotBuild(f"{_shown(url)} was cut off: {target.stat().st_size} of {told} bytes came")
    return target


def _clone(source: Source, place: Path, branch: str, environment: Mapping[str, str]) -> tuple[Path, str]:
    url = source.text.removeprefix("git+")
    command = ["git", "clone", "--quiet", *(["--branch", branch] if branch else []), "--", url, str(place)]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, errors="replace",
            env={**environment, "GIT_TERMINAL_PROMPT": "0"},
        )  # fmt: skip
    except OSError as error:
        raise CannotBuild(f"git cannot be started: {error.strerror}; install it, or give a tarball") from None
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"git ended with {done.returncode}"
        raise CannotBuild(f"{_shown(url)} cannot be cloned: {_shown(said)[-500:]}")
    return place, _git(place, "rev-parse", "HEAD")


def _copy(folder: Path, place: Path, above: Path) -> tuple[Path, str]:
    """A copy: a build changes nothing in the folder that was given."""
    try:
        shutil.copytree(folder, place, symlinks=True, ignore=lambda inside, names: _within(above, Path(inside), names))
    except (OSError, shutil.Error) as error:
        raise CannotBuild(f"{folder} cannot be copied: {error}") from None
    commit = _git(folder, "rev-parse", "HEAD") if (folder / ".git").exists() else ""
    is_dirty = commit and _git(folder, "status", "--porcelain", "--untracked-files=no")
    return place, f"{commit}-dirty" if is_dirty else commit


def _within(above: Path, inside: Path, names: list[str]) -> list[str]:
    """What is not copied: the folder that we build in, where it lies in the one that was given."""
    return [name for name in names if (inside / name).resolve() == above.resolve()]


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], check=False, capture_output=True, text=True, errors="replace"
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _root_of(unpacked: Path, basename: str) -> Path:
    """The folder to build in, however the tarball was made: one folder at its top, several, or none."""
    if _can_be_built(unpacked):
        return unpacked
    below = sorted(path for path in unpacked.iterdir() if path.is_dir() and not path.is_symlink())
    fit = [path for path in below if _can_be_built(path)] or below
    named = [path for path in fit if path.name == basename]
    if len(fit) == 1 or named:
        return (named or fit)[0]
    if not fit:
        return unpacked
    found = ", ".join(path.name for path in fit[:5])
    raise CannotBuild(f"there are several folders in it, and any may be the one to build: {found}")


def _can_be_built(folder: Path) -> bool:
    return any((folder / name).is_file() for name in MADE_BY)


def _shown(text: str) -> str:
    """Without user and password."""
    return re.sub(r"(?<=//)[^/?#@\s]*@", "", text)
