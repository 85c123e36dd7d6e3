"""What a build report is to both sides: to `livewall build`, which collects one, and to the wall, which reads it.

The tarball is the one that pretest's `pretest-auto-build-check` makes; what is more in ours is in files that pretest's
server does not look at. Plain data and the standard library.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

STEPS = ("bootstrap", "configure", "make", "make-check")
"""In the order in which a build takes them; it stops at the first that fails."""
SUFFIX = ".pretest-build-report.tar.bz2"
PROCESS = "build"
"""The process of a run that `livewall build` shows while it goes on; its report takes the place of what was shown."""
RUN_FILE = "run.txt"
"""`RUN: key` and, where it was given, `SETUP: name`: the run that was shown while it was built."""
CI_FILE = "ci-build.txt"
"""`SYSTEM`, `URL`, `JOB` and `NUMBER`, as `name: value`: the build of a CI server that it was part of."""
COMMIT_FILE = "commit.txt"
"""The hash of what was built."""
END_FILE = "timestamp.end.txt"
"""When it ended, and how many seconds each step took: `SECONDS-make: 1.234`."""
_RUN = re.compile(r"build-[0-9a-f-]{8,60}")
_BASENAME = re.compile(r"(?P<project>.{1,200}?)[-_]v?(?P<version>\d[\w.+~:-]{0,200})$")


def is_run_key(key: str) -> bool:
    """Whether a report may say that it is of this run: of no run of any other kind."""
    return bool(_RUN.fullmatch(key))


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
