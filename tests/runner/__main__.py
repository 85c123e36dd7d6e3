"""`make test`: every check of noxfile.py, and a plain summary at the end.

A check that fails does not stop the others. What cannot run on this machine is left out by name, never in silence. The
last line is `N passed, N failed`, and the exit code says the same.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from runner import checks, parts, results, summary

GROUPS = ("lint", "quick")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m runner", description=__doc__)
    parser.add_argument("--only", choices=GROUPS, help="those checks alone; quick: the linters and the unit tests")
    parser.add_argument("--junit", metavar="DIR", type=Path, help="keep the results of pytest there, as JUnit's XML")
    given = parser.parse_args()
    if not given.only:
        parts.install()
    results.remove_leftovers()
    shutil.rmtree(results.FOLDER, ignore_errors=True)
    results.FOLDER.mkdir(parents=True)
    began = time.monotonic()
    chosen = checks.choose(given.only or "")
    checks.run(chosen)
    if given.junit is not None:
        given.junit.mkdir(parents=True, exist_ok=True)
        for check in chosen:
            if results.file_of(check).exists():
                shutil.copy(results.file_of(check), given.junit)
    return summary.show(chosen, time.monotonic() - began, everything=not given.only)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
