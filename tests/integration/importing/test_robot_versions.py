"""Robot Framework's own suites, run by several of its versions: each is a configuration, and what it said is stored."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from livewall_dashboard.history.store import Store
from livewall_dashboard.importing.times import Clock
from support.environment import quiet_environment
from support.import_lab import ZONE, ImportLab
from support.lab import NODE_ZONE
from support.robots import interpreter

SUITES = Path(__file__).parents[2] / "acceptance" / "suites" / "robotframework"
VERSIONS = ("4.1.3", "5.0.1", "6.1.1", "newest")
SAME = "Robotframework.Misc.Normal.First One"
"""A test that each version passes."""


def run(version: str, folder: Path) -> Path:
    """output.xml of all suites."""
    output = folder / f"{version}.xml"
    words = ["-m", "robot", "--output", str(output), "--log", "NONE", "--report", "NONE", "--name", "Robotframework"]
    env = {**quiet_environment(), "TZ": NODE_ZONE}
    command = [interpreter(version) or sys.executable, *words, str(SUITES)]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert 0 < done.returncode < 250, done.stderr
    return output


@pytest.mark.soak
def test_what_each_version_of_robot_framework_said_is_stored(lab: ImportLab, tmp_path: Path) -> None:
    for version in VERSIONS:
        path = run(version, tmp_path)
        told = lab.take_in(path, setup="vm1", run=f"of-{version}", labels={"robot": version}, clock=Clock(ZONE))
        assert (told.is_new, told.is_partial) == (True, False), told.note
        assert lab.holds(told.key, path).total > 200
        again = lab.take_in(path, setup="vm1", clock=Clock(ZONE))
        assert (again.key, again.change) == (told.key, None)
    rows, _ = Store(lab.lab.database).test_history(SAME)
    assert {row["run"]: (row["status"], row["labels"]) for row in rows} == {
        f"of-{version}": ("PASS", {"robot": version}) for version in VERSIONS
    }
