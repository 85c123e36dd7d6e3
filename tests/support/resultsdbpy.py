"""The real resultsdbpy beside ours, in an environment of its own, which is made once."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner import pythons
from runner.checks import index_of_pip
from runner.results import ROOT
from support.ports import free_port
from support.waiting import wait_for

VERSION = "3.1.10"
ENVIRONMENT = ROOT / ".venv" / "nox" / f"resultsdbpy-{VERSION}"
SERVER = Path(__file__).with_name("resultsdbpy_server.py")
TOO_NEW = (3, 13)
"""It imports a module that Python has no more."""
PATIENCE = 300.0
"""Seconds: a busy machine reads all of it from the disk first."""


def python_of_resultsdbpy() -> Path:
    """The interpreter that has it. Skips the test, by name, where it cannot be installed."""
    python = ENVIRONMENT / "bin" / "python"
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    with ENVIRONMENT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (ENVIRONMENT / "made").exists():
            _make(python)
    return python


@contextmanager
def running_resultsdbpy() -> Iterator[str]:
    """Its URL."""
    python, port = python_of_resultsdbpy(), free_port()
    command = [str(python), str(SERVER), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: process.poll() is not None or _answers(url) or None, PATIENCE, "resultsdbpy answers")
        assert process.poll() is None, "resultsdbpy does not start"
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/commits/repositories", timeout=10) as reply:
            return int(reply.status) == 200
    except OSError:
        return False


def _make(python: Path) -> None:
    old_enough = [path for name, path in pythons.found().items() if (3, 9) <= pythons.number(name) < TOO_NEW]
    if not old_enough:
        pytest.skip("resultsdbpy needs a Python before 3.13")
    uv = Path(sys.executable).with_name("uv")
    env = {**os.environ, **({"UV_DEFAULT_INDEX": index_of_pip()} if index_of_pip() else {})}
    for command in (
        [str(uv), "venv", "--quiet", "--clear", "--python", old_enough[-1], str(ENVIRONMENT)],
        [str(uv), "pip", "install", "--quiet", "--python", str(python), f"resultsdbpy=={VERSION}"],
    ):
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"resultsdbpy cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
    (ENVIRONMENT / "made").touch()
