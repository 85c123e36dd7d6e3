"""The node of a rig at work: one real robot run after the other, with the accidents of a real lab."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from livewall_dashboard.base.parent_death import end_with_parent
from livewall_dashboard.demo.builds import Build, Builds
from livewall_dashboard.demo.jenkins import address
from livewall_dashboard.demo.lab import Rig
from livewall_dashboard.demo.processes import kill_tree

LISTENER = "livewall_listener.Listener:artifacts=log"
REPOSITORY = "https://git.lab.example/edge-os.git"
ROUNDS_PER_COMMIT = 3
FIRST_ROUND = 401

NOT_OURS = ("BUILD_", "CI_", "GIT_", "GITHUB_", "GITLAB_", "JENKINS_", "JOB_", "LIVEWALL_", "ROBOT_")
"""Beginnings of variables that would make a pretend run report something else, or somewhere else."""


class Node:
    """Runs one rig's tests over and over; `step` is to be called a few times a second with a clock that only grows.

    `jenkins` is the address of the Jenkins that is said to start the runs; `builds` is what it can tell of them.
    `suites` is the folder of the tests, `folder` where this rig may write; its runs are numbered on from an earlier
    demo's there. `step` returns what happened that is worth a line, or "".
    """

    def __init__(self, rig: Rig, *, url: str, jenkins: str, suites: Path, folder: Path, start_at: float) -> None:
        self.rig = rig
        self.builds = Builds(rig.job_name)
        self._build: Build | None = None
        self._url = url
        self._jenkins = jenkins
        self._suites = suites
        self._folder = folder
        self._numbering = folder / "last_round"
        self._first_round = self._round = self._numbered_on()
        self._random = random.Random(rig.setup)
        self._next_start = start_at
        self._rerun = False
        self._pull_at: float | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def step(self, now: float) -> str:
        if self._process is None:
            if now >= self._next_start or self.builds.wanted:
                self._start(now)
            return ""
        if self.builds.unwanted:
            return self._end_as_told(now)
        if self._pull_at is not None and now >= self._pull_at:
            return self._pull_the_plug(now)
        code = self._process.poll()
        if code is not None:
            self._after(code, now)
        return ""

    def stop(self) -> None:
        """End the run that is under way, at once."""
        if self._process is not None:
            kill_tree(self._process)
            self._process = None

    def command(self) -> list[str]:
        """The command of the next run."""
        rig = self.rig
        faults = " ".join(f"{name}={chance:g}" for name, chance in rig.faults.items())
        runner = ["-m", "robot"]
        if rig.processes > 1:
            runner = ["-m", "pabot.pabot", "--processes", str(rig.processes), "--no-pabotlib"]
            # The robot beside this Python; by its name, found on PATH, for pabot splits a path at spaces.
            runner += ["--command", Path(sys.executable).name, "-m", "robot", "--end-command"]
        words = [sys.executable, *runner, "--listener", LISTENER, "--outputdir", str(self._output), "--report", "NONE"]
        words += ["--name", f"{rig.name} rerun" if self._rerun else rig.name]
        for name, value in {"DEVICE": rig.setup, "ROUND": str(self._round), "FAULTS": faults}.items():
            words += ["--variable", f"{name}:{value}"]
        if self._rerun:
            words += ["--rerunfailed", str(self._failed_output)]
        else:
            for suite in rig.suites:
                words += ["--suite", suite]
        return [*words, str(self._suites)]

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """The node's environment, as its CI job would make it."""
        env = {name: value for name, value in inherited.items() if not name.startswith(NOT_OURS)}
        rig = self.rig
        env |= {
            "LIVEWALL_URL": self._url,
            "LIVEWALL_SETUP": rig.setup,
            "LIVEWALL_SPOOL": str(self._folder / "spool"),
            "LIVEWALL_LABELS": ",".join(f"{name}={value}" for name, value in rig.labels.items()),
            "LIVEWALL_REPOSITORY": REPOSITORY,
            "LIVEWALL_BRANCH": rig.branch,
            "LIVEWALL_COMMIT": commit(rig.branch, self._round),
            "PATH": os.pathsep.join(filter(None, [str(Path(sys.executable).parent), inherited.get("PATH", "")])),
            "PYTHONIOENCODING": "utf-8",
            "no_proxy": "127.0.0.1",
            "NO_PROXY": "127.0.0.1",
        }
        if rig.job:
            env |= {"JENKINS_URL": self._jenkins, "JOB_NAME": rig.job_name, "BUILD_NUMBER": str(self._round)}
            env["BUILD_URL"] = f"{address(self._jenkins, rig.job_name)}{self._round}/"
        return env

    def _numbered_on(self) -> int:
        try:
            return int(self._numbering.read_text(encoding="utf-8")) + 1
        except (OSError, ValueError):
            return FIRST_ROUND

    @property
    def _output(self) -> Path:
        return self._folder / ("rerun" if self._rerun else "output")

    @property
    def _failed_output(self) -> Path:
        return self._folder / "output" / "output.xml"

    def _start(self, now: float) -> None:
        self._output.mkdir(parents=True, exist_ok=True)
        self._numbering.write_text(str(self._round), encoding="utf-8")
        if not self._rerun:
            (self._output / "output.xml").unlink(missing_ok=True)  # an earlier run's totals are not this one's
            self._build = self.builds.begin(self._round, self.rig.branch, commit(self.rig.branch, self._round))
        with (self._output / "console.txt").open("wb") as console:
            self._process = subprocess.Popen(
                self.command(),
                cwd=self._folder,
                env=self.environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509  # as in wall.py
                start_new_session=True,  # Ctrl-C is for the demo, which ends its runs itself
            )
        plug = self.rig.plug
        after = plug[(self._round - self._first_round) % len(plug)] if plug and not self._rerun else 0
        self._pull_at = now + after if after else None

    def _pull_the_plug(self, now: float) -> str:
        self.stop()
        self._end_build("ABORTED", "The node lost power.")
        self._next_round(now + self.rig.silence)
        return f"{self.rig.setup} lost power in the middle of a run; it is back in {self.rig.silence:g} s"

    def _end_as_told(self, now: float) -> str:
        self.stop()
        self._end_build("ABORTED", "Stopped from the wall.")
        self._next_round(now + self._random.uniform(*self.rig.pause))
        return f"{self.rig.setup}: somebody stopped the run"

    def _end_build(self, result: str, description: str = "") -> None:
        if self._build is not None:
            self._build.end(result, self._folder / "output" / "output.xml", description)
            self._build = None

    def _after(self, code: int, now: float) -> None:
        self._process = None
        some_tests_failed = 0 < code < 250  # more than that is robot's own trouble
        if self.rig.reruns and some_tests_failed and not self._rerun:
            self._rerun = True
            self._next_start = now + 2
        else:
            again = "Failed tests were run once more." if self._rerun else ""
            self._end_build("UNSTABLE" if self._rerun or some_tests_failed else "FAILURE" if code else "SUCCESS", again)
            self._next_round(now + self._random.uniform(*self.rig.pause))

    def _next_round(self, at: float) -> None:
        self._rerun = False
        self._round += 1
        self._next_start = at


def commit(branch: str, number: int) -> str:
    """The commit of a branch that is tested in a round; it stays the same for some rounds."""
    return hashlib.sha1(f"{branch} {number // ROUNDS_PER_COMMIT}".encode(), usedforsecurity=False).hexdigest()
