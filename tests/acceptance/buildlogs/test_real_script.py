"""The unmodified `pretest-auto-build-check` reports to a running wall, and prints what that answers."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from support.dashboard import Dashboard
from support.environment import quiet_environment

SCRIPT = os.environ.get("PRETEST_AUTO_BUILD_CHECK", "")
"""Where GNU pretest's script lies; it is no part of this repository."""
NEEDED = ("sh", "make", "curl", "bzip2", "tar")

pytestmark = [
    pytest.mark.skipif(not SCRIPT, reason="PRETEST_AUTO_BUILD_CHECK names no script"),
    pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"needs {', '.join(NEEDED)}"),
]

MAKEFILE = """\
all:
\t{all}
check:
\t@echo 'PASS: one'
\t@echo 'XFAIL: two'
"""


def package(folder: Path, build: str) -> Path:
    """A source without a compiler: what it takes to build is a shell."""
    source = folder / "frob-1.2"
    source.mkdir()
    (source / "configure").write_text("#!/bin/sh\necho checking for nothing... yes\n")
    (source / "configure").chmod(0o755)
    (source / "Makefile").write_text(MAKEFILE.format(all=build))
    with tarfile.open(folder / "frob-1.2.tar.gz", "w:gz") as tar:
        tar.add(source, "frob-1.2")
    return folder / "frob-1.2.tar.gz"


@pytest.mark.parametrize(
    ("build", "code", "said"),
    [
        ("true", 0, "ok: 2 tests, 1 passed, 1 failed as expected"),
        ("@echo 'x.c:3: error: no'; exit 1", 1, "make failed: x.c:3: error: no"),
    ],
)
def test_script_prints_where_the_report_is_and_what_it_says(
    build: str, code: int, said: str, dashboard: Dashboard, tmp_path: Path
) -> None:
    environment = {**quiet_environment(), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        ["sh", SCRIPT, "-r", f"{dashboard.url}/upload", str(package(tmp_path, build))],
        check=False, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("livewall: ")]
    where = line.split(": ")[1]
    assert line == f"livewall: {where}: {said}" and where.startswith(f"{dashboard.url}/runs/")
    report = dashboard.get(f"/api/v1/reports/{where.split('/')[-1]}")
    assert (report["project"], report["version"]) == ("frob", "1.2")
