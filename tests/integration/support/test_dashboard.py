"""A dashboard of tests hurts nobody else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support.dashboard import Dashboard


def test_its_group_is_killed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fixtures kill what a test may have killed, and by then another process may have that number."""
    killed: list[int] = []
    killpg = os.killpg

    def kill(group: int, number: int) -> None:
        killed.append(group)
        killpg(group, number)

    monkeypatch.setattr(os, "killpg", kill)
    dashboard = Dashboard(database_url=None, log_path=tmp_path / "log")
    dashboard.process = subprocess.Popen(["sleep", "600"], start_new_session=True)
    for _ in range(2):
        dashboard.kill()
    assert killed == [dashboard.pid]
