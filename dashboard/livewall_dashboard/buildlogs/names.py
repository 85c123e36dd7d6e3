"""What was built: its project, version, branch and commit, out of what the script was given."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_BASENAME = re.compile(r"(?P<project>.{1,200}?)[-_]v?(?P<version>\d[\w.+~:-]{0,200})$")
_HASH = re.compile(r"[-.]g?(?P<hash>[0-9a-f]{4,40})(?:-(?:dirty|modified))?$")


def project_and_version(basename: str) -> tuple[str, str]:
    """`hello-2.10` is hello, 2.10; a name without a number is a project without a version."""
    found = _BASENAME.match(basename)
    if found:
        return found["project"], found["version"]
    return basename.removesuffix(".git"), ""


def is_git(source: str) -> bool:
    return source.startswith(("git://", "git+", "ssh://git@", "git@")) or urlsplit_path(source).endswith(".git")


def urlsplit_path(source: str) -> str:
    try:
        return urlsplit(source).path.rstrip("/")
    except ValueError:
        return source


def hash_in(version: str) -> str:
    """The commit at the end of a version out of git: 1.4.12-3a4b5 has 3a4b5; "" for none."""
    found = _HASH.search(version)
    return found["hash"] if found and any(letter.isalpha() for letter in found["hash"]) else ""
