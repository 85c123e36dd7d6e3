"""`make test`: every check of noxfile.py, one after the other, and a plain summary at the end.

A check that fails does not stop the others. What cannot run on this machine is left out by name, never in silence. The
last line is `N passed, N failed`, and the exit code says the same.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from runner import parts, results, summary

GROUPS = ("lint", "quick")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m runner", description=__doc__)
    parser.add_argument("--only", choices=GROUPS, help="those checks alone; quick: the linters and the unit tests")
    parser.add_argument("--junit", metavar="DIR", type=Path, help="keep the results of pytest there, as JUnit's XML")
    given = parser.parse_args()
    if not given.only:
        parts.install()
    shutil.rmtree(results.FOLDER, ignore_errors=True)
    results.FOLDER.mkdir(parents=True)
    run_nox(["--tags", given.only] if given.only else [])
    if given.junit is not None:
        given.junit.mkdir(parents=True, exist_ok=True)
        for report in results.FOLDER.glob("*.xml"):
            shutil.copy(report, given.junit)
    return summary.show(everything=not given.only)


def run_nox(choice: list[str]) -> None:
    """At Ctrl-C, which nox hears too, it is given the time to end what it started."""
    command = [sys.executable, "-m", "nox", "--noxfile", str(results.ROOT / "noxfile.py")]
    command += ["--report", str(results.NOX_REPORT), *choice]
    env = {**os.environ, "UV_DEFAULT_INDEX": index_of_pip()} if index_of_pip() else dict(os.environ)
    process = subprocess.Popen(command, cwd=results.ROOT, env=env)
    try:
        process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise


def index_of_pip() -> str:
    """The package index that pip was told to use, for uv, which does not read pip's configuration; "" for the usual."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    return os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
