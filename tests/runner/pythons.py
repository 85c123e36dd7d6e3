"""The Pythons of this machine: on PATH, and where pyenv and uv keep theirs."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

WALL = ("3.10", "3.11", "3.12", "3.13", "3.14")
"""Versions that the wall promises to run on."""
NODE_ALONE = ("3.8", "3.9")
"""Older ones, on which the listener still runs."""

_WORKS = "import ensurepip, ssl, sys; print('%d.%d' % sys.version_info[:2])"


@functools.cache
def found() -> dict[str, str]:
    """The interpreter of each promised version that there is, oldest first. The running one stands for its version."""
    running = "{}.{}".format(*sys.version_info[:2])
    chosen = {version: _first_that_works(version) for version in (*NODE_ALONE, *WALL) if version != running}
    chosen[running] = sys.executable
    return {version: chosen[version] for version in (*NODE_ALONE, *WALL) if chosen.get(version)}


def of_the_wall() -> dict[str, str]:
    return {version: path for version, path in found().items() if version in WALL}


def _first_that_works(version: str) -> str:
    """A path, or "". What lies on PATH may be a shim that finds nothing."""
    for candidate in _candidates(version):
        try:
            said = subprocess.run([candidate, "-c", _WORKS], capture_output=True, text=True, check=True, timeout=30)
        except (OSError, subprocess.SubprocessError):
            continue
        if said.stdout.strip() == version:
            return candidate
    return ""


def _candidates(version: str) -> Iterable[str]:
    name = f"python{version}"
    for folder in os.get_exec_path():
        path = Path(folder) / name
        if path.is_file():
            yield str(path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    uv = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "uv" / "python"
    for pattern in (pyenv.glob(f"versions/{version}.*/bin/{name}"), uv.glob(f"cpython-{version}.*/bin/{name}")):
        yield from sorted(map(str, pattern), reverse=True)


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
