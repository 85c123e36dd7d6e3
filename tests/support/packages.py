"""Source packages that need no compiler: what it takes to build one is a shell and make."""

from __future__ import annotations

import subprocess
from pathlib import Path

CONFIGURE = "#!/bin/sh\necho checking for nothing... yes\necho 'ac_cv_nothing=yes' > config.log\n"
MAKEFILE = """\
all:
\t{make}
check:
\t{check}
"""
GOOD_CHECK = "@echo 'PASS: one'; echo 'XFAIL: two'"


def source_folder(
    above: Path, *, make: str = "@true", check: str = GOOD_CHECK, configure: str = CONFIGURE, name: str = "frob-1.2"
) -> Path:
    source = above / name
    source.mkdir(parents=True)
    (source / "configure").write_text(configure)
    (source / "configure").chmod(0o755)
    (source / "Makefile").write_text(MAKEFILE.format(make=make, check=check))
    return source


def tarball_of(source: Path, suffix: str = ".tar.gz") -> Path:
    path = source.with_name(source.name + suffix)
    subprocess.run(["tar", "-caf", path, "-C", source.parent, source.name], check=True)
    return path
