"""What the checks leave behind: a JUnit file each, coverage, nox's own report."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("LIVEWALL_TEST_RESULTS") or ROOT / ".venv" / "results")
NOX_REPORT = FOLDER / "nox.json"
COVERAGE_REPORT = FOLDER / "coverage.txt"


def file_of(check: str) -> Path:
    return FOLDER / f"{check}.xml"


def coverage_of(name: str) -> Path:
    return FOLDER / f"{name}.coverage"


def coverage_files() -> list[str]:
    return sorted(map(str, FOLDER.glob("*.coverage")))


@contextmanager
def folder_for_tests() -> Iterator[str]:
    """For one check alone: pytest closes its usual folder to other users at each start, and Postgres is one."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"{folder}/tests"


def has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
