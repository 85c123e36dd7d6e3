"""Programs of others, run and never copied, each in an environment of its own that is made once."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from runner.results import ROOT


def peer_environment(package: str, version: str) -> Path:
    """The folder of its programs. Skips by name where pip cannot bring it."""
    folder = _folder(package, version)
    venv = [sys.executable, "-m", "venv", "--clear", str(folder)]
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", f"{package}=={version}"]
    _make_once(folder, package, venv, pip)
    return folder / "bin"


def npm_environment(package: str, version: str) -> Path:
    """The folder of its programs. Skips by name where npm cannot bring it."""
    folder = _folder(package, version)
    npm = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel=error"]
    _make_once(folder, package, [*npm, f"{package}@{version}"])
    return folder / "node_modules" / ".bin"


def _folder(package: str, version: str) -> Path:
    return ROOT / ".venv" / "nox" / f"{package}-{version}"


def _make_once(folder: Path, package: str, *commands: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make(folder, package, commands)


def _make(folder: Path, package: str, commands: Sequence[list[str]]) -> None:
    for command in commands:
        if shutil.which(command[0]) is None:
            pytest.skip(f"{package} cannot be installed here: there is no {command[0]}")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{package} cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
    (folder / "made").touch()
