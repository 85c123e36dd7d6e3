"""A run that goes on as long as a test needs it to: what is hurt is hurt in the middle of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .lab import Lab
from .oracle import Record
from .robot import Run, RunningRobot
from .waiting import wait_for

LONG = 120.0
"""Seconds in which a wall that was hurt is well again, on a machine that has much else to do."""


class SteadyRun:
    """A robot with tests of 30 milliseconds each, until `let_go`. `setup` is known from `wait_begun` on."""

    def __init__(self, lab: Lab, flag: Path, *arguments: str, **options: Any) -> None:
        self.lab = lab
        self._flag = flag
        self.setup = ""
        variables = ("--variable", f"FLAG:{flag}", "--variable", "PAUSE:0.03")
        self.robot: RunningRobot = lab.start("steady", *variables, *arguments, **options)

    def wait_begun(self) -> None:
        run = wait_for(lambda: self.lab.database.run(self.key), LONG, "the run to be known")
        self.setup = str(run["setup"])
        self.goes_on()

    @property
    def key(self) -> str:
        return self.robot.run_id

    @property
    def tile(self) -> dict[str, Any]:
        return self.lab.dashboard.tile(self.setup)

    @property
    def done(self) -> int:
        """Tests that the wall has seen the end of."""
        counts = self.tile["counts"]
        return int(counts["passed"] + counts["failed"] + counts["skipped"])

    def goes_on(self, what: str = "") -> None:
        """Wait until the wall shows more of the run than it does now."""
        done = wait_for(lambda: [self.done], LONG, f"the tile {what}")[0]
        wait_for(lambda: self.done > done + 5, LONG, f"the run to go on {what}")

    def is_stored_further(self, what: str = "") -> None:
        """Wait until the history holds more of the run than it does now."""
        stored = wait_for(lambda: [self.stored], LONG, f"the history {what}")[0]
        wait_for(lambda: self.stored > stored + 5, LONG, f"the history to go on {what}")

    @property
    def stored(self) -> int:
        run = self.lab.database.run(self.key)
        return int(run["passed"] + run["failed"] + run["skipped"])

    def let_go(self) -> None:
        self._flag.touch()

    def finish(self) -> Run:
        self.let_go()
        return self.robot.finish()

    def holds(self) -> Record:
        """End it; the oracle: the history equals output.xml, nothing is lost, nothing is there twice."""
        return self.lab.holds(self.finish())

    def kill(self) -> None:
        self.robot.kill()
