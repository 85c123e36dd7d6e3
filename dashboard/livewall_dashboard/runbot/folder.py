"""The folder of a runbot: its configuration, which people fill in, and beside it all that a wall keeps."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.running_walls import RunningWall, running_walls

STOP_WITHIN = 60.0
"""Seconds that a wall has to end."""
TEMPLATE = {
    "comment": "What is built. Put your repositories in place of these; docs/how-to-branches.md says all there is.",
    "setups": [],
    "projects": [
        {
            "name": "example",
            "repositories": [
                {"name": "server", "url": "/srv/git/server.git", "main": "main"},
                {"name": "client", "url": "/srv/git/client.git", "main": "main"},
            ],
            "sticky": ["main"],
            "steps": [
                {"name": "build", "command": "make -C server"},
                {"name": "test", "command": "make -C server check", "timeout": 1800},
            ],
            "run": {"command": "exec make -C server run PORT=$PORT", "health": "/"},
        }
    ],
}


class RunbotFolder:
    """Its methods raise Misconfigured."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.config = self.path / "setups_config.json"
        self.data = self.path / "data"

    def create(self) -> bool:
        """-> whether a configuration was made: one that is there stays."""
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            if self.config.exists():
                return False
            self.config.write_text(_TEXT, encoding="utf-8")
        except OSError as error:
            raise Misconfigured(f"{self.path} cannot be made: {error.strerror}.") from None
        return True

    def require(self) -> None:
        """There is something to run."""
        if not self.config.is_file():
            raise Misconfigured(f"There is no {self.config}: make it by --init, and fill it in.")

    def stop(self, environment: Mapping[str, str]) -> RunningWall | None:
        """The wall that runs here, with its agents and all that these run -> which it was."""
        wall = next((each for each in running_walls(environment) if Path(each.data) == self.data.resolve()), None)
        if wall is None:
            return None
        with suppress(ProcessLookupError):
            os.kill(wall.pid, signal.SIGTERM)
        give_up = time.monotonic() + STOP_WITHIN
        while psutil.pid_exists(wall.pid) and _runs(wall.pid):
            if time.monotonic() > give_up:
                raise Misconfigured(f"The wall of {self.path}, process {wall.pid}, does not end; nothing was removed.")
            time.sleep(0.1)
        return wall

    def require_own(self) -> None:
        """What lies here is a runbot's, so that it may be removed."""
        if self.data.exists() and not self.config.is_file():
            raise Misconfigured(
                f"{self.path} has no {self.config.name}, so its folder {self.data.name} is none of a runbot's; nothing "
                "was removed."
            )

    def clear_instances(self) -> list[str]:
        """What builds left running goes, each with its cleanup -> what is said of that."""
        said: list[str] = []
        for instances in sorted(self.data.glob("agents/*/instances")):
            if not any(instances.iterdir()):
                continue
            program = [sys.executable, "-m", "livewall_agent", "clear", "--state", str(instances.parent)]
            done = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            said += [line for line in (done.stdout if done.returncode == 0 else done.stderr).splitlines() if line]
        return said

    def clean(self) -> list[Path]:
        """What is removed: all that a wall has kept, and the configuration where nobody has filled it in."""
        self.require_own()
        removed = []
        try:
            if self.data.exists():
                shutil.rmtree(self.data)
                removed.append(self.data)
            if self.config.is_file() and self.config.read_text(encoding="utf-8") == _TEXT:
                self.config.unlink()
                removed.append(self.config)
            if self.path.is_dir() and not any(self.path.iterdir()):
                self.path.rmdir()
                removed.append(self.path)
        except OSError as error:
            raise Misconfigured(f"{error.filename} cannot be removed: {error.strerror}.") from None
        return removed


_TEXT = json.dumps(TEMPLATE, indent=2) + "\n"


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
