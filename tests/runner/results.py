"""What the checks leave behind: each what it printed, a JUnit file, coverage, nox's own report."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("LIVEWALL_TEST_RESULTS") or ROOT / ".venv" / "results")
COVERAGE_REPORT = FOLDER / "coverage.txt"
MEMORY = "/dev/shm"  # where Linux has it
LEAST_MEMORY = 6 * 2**30
"""Bytes; a whole check leaves about 1 GB in it."""
_PREFIX = "tests-of-a-check-"
_LOCK = "lock"
"""Held by the check that has the folder."""
_WHY_ON_DISK = FOLDER / "why-on-disk.txt"


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
def folder_for_tests() -> Iterator[tuple[str, str]]:
    """For one check alone: pytest's own folder, which it closes to other users, and one for all other files.

    Both are gone with the check, whatever killed its tests: what stays in memory is lacking to the next check.
    """
    reason = why_on_disk()
    if reason:
        _WHY_ON_DISK.parent.mkdir(parents=True, exist_ok=True)
        _WHY_ON_DISK.write_text(reason, encoding="utf-8")
    place = tempfile.gettempdir() if reason else MEMORY
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        others = Path(folder, "tmp")
        others.mkdir()
        others.chmod(0o1777)  # Postgres's user has some in it
        with Path(folder, _LOCK).open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield f"{folder}/tests", str(others)


def why_some_were_on_disk() -> str:
    """Why files of tests were not kept in memory in this run of checks, the last time; "" if all were."""
    return _WHY_ON_DISK.read_text(encoding="utf-8") if _WHY_ON_DISK.exists() else ""


def why_on_disk() -> str:
    """Why the files of tests cannot be kept in memory now: most tests make a database, and most of their time went into
    its files. "" if they can.
    """
    if "TMPDIR" in os.environ:
        return "TMPDIR names a folder"
    if not Path(MEMORY).is_dir():
        return f"there is no {MEMORY}"
    found = os.statvfs(MEMORY)
    if found.f_flag & os.ST_NOEXEC:
        return f"{MEMORY} lets no program run"
    free = min(found.f_bavail * found.f_frsize, psutil.virtual_memory().available)
    return "" if free >= LEAST_MEMORY else f"{free / 2**30:.1f} GB of memory are free, of {LEAST_MEMORY >> 30} wanted"


def remove_leftovers() -> None:
    """What checks left in memory that were killed themselves."""
    for folder in Path(MEMORY).glob(f"{_PREFIX}*"):
        with suppress(OSError), (folder / _LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # or who made it is at work
            shutil.rmtree(folder, ignore_errors=True)


def has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
