"""Runs one job in its house, and tells a `Hearer` what happens. It needs no server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from io import BufferedReader, FileIO
from pathlib import Path
from threading import RLock
from typing import IO, Any, Protocol

from livewall_agent import phases
from livewall_agent.isolation import Isolation
from livewall_agent.jobwire import Job
from livewall_agent.settings import Limits, Settings


class Hearer(Protocol):
    """Is told as it happens. What it raises ends the job. Nothing is run before the first `begin` has returned."""

    def begin(self, phase: str, *, skipped: bool) -> None: ...
    def output(self, phase: str, text: str) -> None: ...
    def lend(self) -> None: ...
    def end(self, phase: str, status: int) -> None: ...


@dataclass
class Outcome:
    """`finished` is False where the job's first process was lost on the way, `begun` where it never said a word.

    `left`: processes that nobody could end.
    """

    statuses: dict[str, int] = field(default_factory=dict)
    stopped: str = ""
    begun: bool = False
    finished: bool = False
    left: int = 0


class JobRunner:
    """For one job, in `folder`, which has a folder `work` for it. `stop` may come from any thread, and before `run`."""

    def __init__(self, settings: Settings, isolation: Isolation, job: Job, folder: Path) -> None:
        self._settings = settings
        self._isolation = isolation
        self._job = job
        self._folder = folder
        self._stopping = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = RLock()  # a signal's handler may call `stop` at any place

    def run(self, environment: Mapping[str, str], hearer: Hearer, held: tuple[int, ...] = ()) -> Outcome:
        """To its end; afterwards nothing of it is left. `held`: descriptors that its first process keeps open."""
        order = {
            "steps": [asdict(step) for step in self._steps()],
            "environment": dict(environment),
            "folder": str(self._folder),
            "limits": limits_of(self._job, self._settings.limits),
        }
        with subprocess.Popen(
            [*self._isolation.prefix, sys.executable, "-m", "livewall_agent.job_process"],
            cwd="/",
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for the agent
            pass_fds=held,
        ) as process:
            self._begin(process, order)
            try:
                return self._hear(process, hearer)
            finally:
                self._process = None
                _close(process.stdin)
                process.wait()

    def stop(self, reason: str) -> None:
        """Cleanup is still run. Where it is already, this changes nothing."""
        with self._lock:
            if not self._stopping:
                self._stopping = reason
                self._send({"stop": reason})

    def extend(self, seconds: float) -> None:
        """A rig that is held without a command is held for so much longer than the job said at first."""
        with self._lock:
            self._send({"extend": seconds})

    def release(self) -> None:
        """A rig that is lent to another job is not needed any more."""
        with self._lock:
            self._send({"release": True})

    def _let_go(self) -> None:
        with self._lock:
            if not self._stopping:
                self._send({"go": True})

    def _steps(self) -> list[phases.Step]:
        return phases.plan(self._job, self._settings.commands, self._settings.job_commands)

    def _begin(self, process: subprocess.Popen[bytes], order: dict[str, Any]) -> None:
        with self._lock:
            self._process = process
            self._send(order)
            if self._stopping:
                self._send({"stop": self._stopping})

    def _send(self, message: dict[str, Any]) -> None:
        if self._process and self._process.stdin:
            data = memoryview(json.dumps(message).encode() + b"\n")
            with suppress(BrokenPipeError, ValueError):  # it has ended, as its answers will tell
                while data:
                    data = data[self._process.stdin.write(data) :]

    def _hear(self, process: subprocess.Popen[bytes], hearer: Hearer) -> Outcome:
        outcome, phase, is_let_go = Outcome(), "setup", False
        for told in _messages(process.stdout):
            outcome.begun = True
            if "out" in told:
                hearer.output(phase, told["out"])
            elif "begin" in told:
                phase = told["begin"]
                hearer.begin(phase, skipped=told["skipped"])
                if not is_let_go:
                    is_let_go = True
                    self._let_go()
            elif "lent" in told:
                hearer.lend()
            elif "end" in told:
                outcome.statuses[phase] = told["status"]
                hearer.end(phase, told["status"])
            else:
                outcome.finished = True
                outcome.stopped, outcome.left = told["stopped"], told["left"]
        return outcome


def limits_of(job: Job, own: Limits) -> dict[str, float | None]:
    """What the job asks for, where that is less than what the agent allows."""
    return {
        "global": _smaller(job.timeout("global_timeout"), own.global_timeout),
        "output": _smaller(job.timeout("output_timeout"), own.output_timeout),
        "cleanup": own.cleanup_timeout,
        "grace": own.grace,
        "memory": own.memory,
        "disk": own.disk,
    }


def _smaller(one: float | None, other: float | None) -> float | None:
    given = [value for value in (one, other) if value is not None]
    return min(given, default=None)


def _messages(stream: IO[bytes] | None) -> Iterator[dict[str, Any]]:
    if not isinstance(stream, FileIO):
        return
    with BufferedReader(stream) as lines:
        for line in lines:
            with suppress(ValueError):  # cut off where it was killed
                yield json.loads(line)


def _close(stream: IO[bytes] | None) -> None:
    if stream:
        with suppress(BrokenPipeError):
            stream.close()
