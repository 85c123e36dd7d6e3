"""What the checks leave behind: each what it printed, a JUnit file, coverage, nox's own report."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("LIVEWALL_TEST_RESULTS") or ROOT / ".venv" / "results")
COVERAGE_REPORT = FOLDER / "coverage.txt"
MEMORY = "/dev/shm"  # where Linux has it
LEAST_MEMORY = 6 * 2**30
"""Bytes; a whole check leaves about 1 GB in it."""


def file_of(check: str) -> Path:
    return FOLDER / f"{check}.xml"


def again_of(check: str) -> Path:
    """Of those tests alone that failed and were run again."""
    return FOLDER / f"{check}.again.xml"


def cache_of(check: str) -> Path:
    """Where pytest keeps which tests failed."""
    return FOLDER / f"{check}.cache"


def failed_last(cache: Path) -> list[str]:
    """The tests that failed when pytest last ran with this cache."""
    kept = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else []


def log_of(check: str) -> Path:
    return FOLDER / f"{check}.log"


def report_of(check: str) -> Path:
    return FOLDER / f"{check}.nox.json"


@contextmanager
def alone(what: str) -> Iterator[None]:
    """One process at a time does this: several checks run at once, and some make the same files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def coverage_of(name: str) -> Path:
    return FOLDER / f"{name}.coverage"


def coverage_files() -> list[str]:
    return sorted(map(str, FOLDER.glob("*.coverage")))


@contextmanager
def folder_for_tests() -> Iterator[str]:
    """For one check alone: pytest closes its usual folder to other users at each start, and Postgres is one."""
    with tempfile.TemporaryDirectory(dir=temporary_folder()) as folder:
        yield f"{folder}/tests"


def temporary_folder() -> str:
    """In memory, where there is plenty: most tests make a database, and most of their time went into its files."""
    if "TMPDIR" in os.environ or not Path(MEMORY).is_dir() or psutil.virtual_memory().available < LEAST_MEMORY:
        return tempfile.gettempdir()
    found = os.statvfs(MEMORY)
    is_usable = not found.f_flag & os.ST_NOEXEC and found.f_bavail * found.f_frsize >= LEAST_MEMORY
    return MEMORY if is_usable else tempfile.gettempdir()


def has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
