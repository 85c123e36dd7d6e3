"""The built distribution, and environments it is installed into."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .environment import quiet_environment


@dataclass
class Distribution:
    wheel: Path
    source: Path


@dataclass
class Environment:
    """A virtual environment; `run` calls its programs from an empty folder, which the checkout is not part of.

    `has_pip`: one of its own; where it has none, the pip of this environment works on it.
    """

    folder: Path
    somewhere: Path
    has_pip: bool = True

    def program(self, name: str) -> str:
        return str(self.folder / "bin" / name)

    def run(self, name: str, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Its standard output and error come as one."""
        return self._call([self.program(name), *arguments], env)

    def pip(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        python = self.program("python")
        pip = [python, "-m", "pip"] if self.has_pip else [sys.executable, "-m", "pip", "--python", python]
        return self._call([*pip, *arguments])

    def _call(self, command: list[str], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.somewhere,
            env={**environment(), **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=600,
        )

    def packages(self) -> set[str]:
        """What is installed, beside pip and its kin."""
        listed = self.pip("list", "--format", "json", "--disable-pip-version-check")
        return {package["name"] for package in json.loads(listed.stdout)} - {"pip", "setuptools", "wheel"}


def environment() -> dict[str, str]:
    """Nothing that leads back into the checkout."""
    kept = quiet_environment()
    kept.pop("PYTHONPATH", None)
    kept.pop("VIRTUAL_ENV", None)
    return kept
