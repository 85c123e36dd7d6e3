"""A program of others, run and never copied, in an environment of its own that is made once."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from runner.results import ROOT


def peer_environment(package: str, version: str) -> Path:
    """The folder of its programs. Skips by name where pip cannot bring it."""
    folder = ROOT / ".venv" / "nox" / f"{package}-{version}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make(folder, f"{package}=={version}")
    return folder / "bin"


def _make(folder: Path, package: str) -> None:
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", package],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{package} cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
    (folder / "made").touch()
