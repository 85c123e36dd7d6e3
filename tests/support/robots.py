"""Interpreters with other versions of Robot Framework than the one under which the tests run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

OLDEST = os.environ.get("LIVEWALL_TEST_OLD_ROBOT", "")
"""A Python interpreter with the oldest Robot Framework that is supported."""
BETWEEN = ("7.0.1", "7.1.1", "7.2.2")
"""Versions that brought a change to listeners or to output.xml."""
_FOLDER = Path(sys.prefix) / "robots"

VERSIONS = [
    "newest",
    "oldest",
    *(pytest.param(version, marks=pytest.mark.soak) for version in BETWEEN),
]
"""For `parametrize`: the ends always, what is between under soak."""


def interpreter(version: str) -> str | None:
    """To run robot with, as `start_robot` takes it: None is the one of the tests. One that is not there is made."""
    if version == "newest":
        return None
    if version == "oldest":
        if not OLDEST:
            pytest.skip("LIVEWALL_TEST_OLD_ROBOT names no interpreter")
        return OLDEST
    python = _FOLDER / version / "bin" / "python"
    if not (_FOLDER / version / ".done").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(_FOLDER / version)], check=True)
        pip = [str(python), "-m", "pip", "install", "-q", f"robotframework=={version}", "urllib3>=2,<3"]
        subprocess.run(pip, check=True, timeout=240)
        (_FOLDER / version / ".done").touch()
    return str(python)
