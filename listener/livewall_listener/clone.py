"""Where the tests lie: the clone that holds them, and of which repository it is.

A path is another one on each machine; that within the repository is the same everywhere, and tells the wall that two
longnames are one test. Files alone are read, no git is run; what cannot be read is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from livewall_listener.settings import redacted

_WORKSPACES = ("WORKSPACE", "CI_PROJECT_DIR", "GITHUB_WORKSPACE")
"""Where Jenkins, GitLab and GitHub have put the sources."""
_ORIGIN = re.compile(r'^\s*\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)', re.MULTILINE)


def find(source: str, environment: Mapping[str, str], repository: str) -> tuple[str, str]:
    """-> `root` and `origin` of a `wire.RunInfo` for tests that lie there; `repository`: what CI says."""
    path = Path(source)
    if not path.is_absolute():
        return "", ""
    try:
        root = next((folder for folder in (path, *path.parents) if (folder / ".git").exists()), None)
        if root is not None:
            return str(root), _origin(root / ".git") or repository
    except (OSError, ValueError):
        return "", ""
    for variable in _WORKSPACES:
        folder = environment.get(variable, "")
        if folder and repository and Path(folder) in path.parents:
            return folder, repository
    return "", ""


def _origin(git: Path) -> str:
    for folder in _git_folders(git):
        try:
            found = _ORIGIN.search((folder / "config").read_text(encoding="utf-8", errors="replace"))
        except (OSError, ValueError):
            continue
        if found:
            return redacted(found[1])
    return ""


def _git_folders(git: Path) -> Iterator[Path]:
    """A worktree's and a submodule's .git is a file that names the folder."""
    if git.is_dir():
        yield git
        return
    try:
        folder = git.parent / git.read_text(encoding="utf-8").partition("gitdir:")[2].strip()
        yield folder
        yield folder / (folder / "commondir").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return
