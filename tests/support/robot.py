"""Real `robot` and `pabot` runs with the listener."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from livewall_dashboard.demo.processes import kill_tree

from .environment import quiet_environment

LISTENER = "livewall_listener.Listener"
SOURCES = Path(__file__).parents[2] / "listener"
RUN_WITHIN = 300.0


@dataclass
class Run:
    """A finished run: `console` is its standard output and error in one."""

    run_id: str
    exit_code: int
    output: Path
    console: str
    spool: Path


class RunningRobot:
    """A run under way; `finish` waits for it."""

    def __init__(self, process: subprocess.Popen[bytes], run_id: str, outputdir: Path, spool: Path) -> None:
        self.process = process
        self.run_id = run_id
        self.output = outputdir / "output.xml"
        self.spool = spool
        self._console = outputdir / "console.txt"

    @property
    def console(self) -> str:
        return self._console.read_text(encoding="utf-8", errors="replace")

    def finish(self, timeout: float = RUN_WITHIN) -> Run:
        """Wait for its end. After `timeout` seconds it is killed and that is an AssertionError with its console."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"robot did not end within {timeout:g} s:\n{self.console[-4000:]}") from None
        return Run(self.run_id, code, self.output, self.console, self.spool)

    def interrupt(self) -> None:
        """What Ctrl-C sends to robot."""
        self.process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL to robot and everything it started; nothing if it has ended."""
        kill_tree(self.process)


def start_robot(
    suites: Path | str | Sequence[Path | str],
    *args: str,
    cwd: Path,
    url: str | None = None,
    setup: str | None = None,
    run_id: str | None = None,
    env: Mapping[str, str] | None = None,
    robot: str | None = None,
    listener: str | None = LISTENER,
    runner: Sequence[str] = ("-m", "robot"),
) -> RunningRobot:
    """Start `robot ARGS SUITES` in `cwd`; its results go to a new folder below `cwd`, its spool to `cwd`/spool.

    `url` and `setup` are given by the environment; leave `url` out to give it another way. `run_id` None makes one up,
    "" leaves the choice to the listener. `robot` is another Python interpreter to run it with (a path); the listener
    is then taken from the checkout. `listener` None runs without it. `env` overrides all of that.
    """
    key = uuid.uuid4().hex if run_id is None else run_id
    outputdir = cwd / f"output-{uuid.uuid4().hex[:8]}"
    outputdir.mkdir(parents=True)
    spool = cwd / "spool"
    own = {"LIVEWALL_URL": url, "LIVEWALL_SETUP": setup, "LIVEWALL_RUN_ID": key, "LIVEWALL_SPOOL": str(spool)}
    environment = {**quiet_environment(), **{name: value for name, value in own.items() if value}}
    if robot is not None:
        environment["PYTHONPATH"] = str(SOURCES)
    interpreter = robot or sys.executable
    environment["PATH"] = f"{Path(interpreter).parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    environment.update(env or {})
    paths = [suites] if isinstance(suites, (str, Path)) else list(suites)
    command = [interpreter, *runner, "--outputdir", str(outputdir)]
    command += ["--listener", listener] if listener else []
    command += [*args, *(str(path) for path in paths)]
    with (outputdir / "console.txt").open("wb") as console:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return RunningRobot(process, key, outputdir, Path(environment["LIVEWALL_SPOOL"]))


def run_robot(suites: Path | str | Sequence[Path | str], *args: str, cwd: Path, **options: object) -> Run:
    """`start_robot` with the same arguments, to its end."""
    return start_robot(suites, *args, cwd=cwd, **options).finish()  # type: ignore[arg-type]


def start_pabot(
    suites: Path | str | Sequence[Path | str],
    *args: str,
    cwd: Path,
    processes: int = 2,
    pabot: Sequence[str] = ("-m", "pabot.pabot"),
    **options: object,
) -> RunningRobot:
    """Start `pabot` with `processes` processes; `args` as in `start_robot`, pabot's own among them."""
    # pabot takes its own options only before robot's. The Python it starts is found on PATH: it splits paths at spaces.
    interpreter = Path(str(options.get("robot") or sys.executable))
    runner = [*pabot, "--processes", str(processes), "--command", interpreter.name, "-m", "robot"]
    runner.append("--end-command")
    own, others = _pabot_options_first(args)
    return start_robot(suites, *others, cwd=cwd, runner=(*runner, *own), **options)  # type: ignore[arg-type]


def run_pabot(suites: Path | str | Sequence[Path | str], *args: str, cwd: Path, **options: object) -> Run:
    """`start_pabot` with the same arguments, to its end."""
    return start_pabot(suites, *args, cwd=cwd, **options).finish()  # type: ignore[arg-type]


PABOT_FLAGS = {"--testlevelsplit", "--pabotlib", "--no-pabotlib", "--chunk", "--ordering-strict", "--verbose"}
PABOT_OPTIONS = {"--processtimeout", "--ordering", "--suitesfrom", "--pabotlibhost", "--pabotlibport", "--shard"}


def _pabot_options_first(args: Sequence[str]) -> tuple[list[str], list[str]]:
    own: list[str] = []
    others: list[str] = []
    rest = list(args)
    while rest:
        word = rest.pop(0)
        if word in PABOT_FLAGS:
            own.append(word)
        elif word in PABOT_OPTIONS:
            own += [word, rest.pop(0)]
        else:
            others.append(word)
    return own, others
