"""A lab in small: a dashboard, its database, and robots that report to it from another time zone."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .dashboard import Dashboard
from .environment import quiet_environment
from .oracle import Record, assert_equal, read_output
from .recorded import Database, read_api
from .robot import Run, RunningRobot, start_robot
from .waiting import wait_for

SUITES = Path(__file__).parents[1] / "acceptance" / "suites"
NODE_ZONE = "Asia/Kathmandu"
"""The nodes' time zone, of an odd number of minutes, so that a time taken for UTC or for the server's is found out."""


class Lab:
    def __init__(self, dashboard: Dashboard, directory: Path) -> None:
        self.dashboard = dashboard
        self.database = Database(dashboard.database_url)
        self.directory = directory

    def start(
        self,
        suites: Path | str | Sequence[Path | str],
        *args: str,
        env: Mapping[str, str] | None = None,
        **options: Any,
    ) -> RunningRobot:
        """`start_robot` on a node of this lab; relative paths of `suites` are below `SUITES`."""
        chosen = {"url": self.dashboard.url, "cwd": self.directory, "setup": f"vm-{uuid.uuid4().hex[:8]}", **options}
        paths = [suites] if isinstance(suites, (str, Path)) else suites
        return start_robot(
            [SUITES / path for path in paths], "--log", "NONE", "--report", "NONE", *args, env=node(env), **chosen
        )

    def run(self, suites: Path | str | Sequence[Path | str], *args: str, **options: Any) -> Run:
        return self.start(suites, *args, **options).finish()

    def verified(self, key: str) -> dict[str, Any]:
        """The run's row, once its state is `finished` and the run is verified."""

        def look() -> dict[str, Any] | None:
            run = self.database.run(key)
            return run if (run["state"], run["verification"]) == ("finished", "verified") else None

        try:
            return wait_for(look, 120, f"run {key} to be finished and verified")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.story(key)}") from None

    def take_in(self, *args: object) -> str:
        """`livewall import` -> what it says; it must go well."""
        importing = [
            sys.executable,
            "-m",
            "livewall_dashboard",
            "import",
            "--database-url",
            self.dashboard.database_url,
        ]
        done = subprocess.run(
            [*importing, *map(str, args)],
            check=False,
            env=node(quiet_environment()),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    def story(self, key: str) -> str:
        """What a reader of a failed test wants to see."""
        run = next(iter(self.database.rows("SELECT * FROM run WHERE key = %s", key)), None)
        processes = self.database.processes(key) if run else []
        return f"run: {run}\nprocesses: {processes}\ndashboard: {self.dashboard.log[-3000:]}"

    def holds(self, run: Run, **how: Any) -> Record:
        """Assert that Postgres and the read API hold the run exactly as its output.xml; `how` as in `differences`."""
        return self.holds_output(run.run_id, run.output, **how)

    def holds_output(self, key: str, output: Path, **how: Any) -> Record:
        row = self.verified(key)
        assert row["lost"] == 0
        expected = read_output(output, ZoneInfo(NODE_ZONE))
        assert_equal(expected, self.database.record(key), **how)
        assert_equal(expected, read_api(self.dashboard.get, key), **how)
        return expected


def node(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment of a node of the lab."""
    return {"TZ": NODE_ZONE, **(env or {})}


def resend(lab: Lab, spool: Path) -> None:
    """Empty a node's spool, as its administrator would."""
    command = [sys.executable, "-m", "livewall_listener", "resend", "--url", lab.dashboard.url]
    env = {**quiet_environment(), "LIVEWALL_SPOOL": str(spool)}
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done
