"""Walls without the second of imports that each would begin with: most of what tests with a wall of their own cost."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from .environment import quiet_environment

_FROM_THE_START = ("PYTHON", "LD_", "LC_", "LANG", "MALLOC_", "EVENTLET_", "FAKETIME", "COVERAGE_")
"""Beginnings of variables that are read before anything could be changed."""


class PreloadedProcess:
    """One that `Preloader.start` began; speaks as `subprocess.Popen` does."""

    def __init__(self, preloader: Preloader, pid: int, args: Sequence[str]) -> None:
        self.pid = pid
        self.args = args
        self.returncode: int | None = None
        self._preloader = preloader
        self._polling = threading.Lock()

    def poll(self) -> int | None:
        with self._polling:
            if self.returncode is None:
                self.returncode = self._preloader.ask(ended=self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        descriptor = os.pidfd_open(self.pid) if self.poll() is None else None
        if descriptor is not None:  # its number stays its own until somebody has asked how it ended
            try:
                ends = select.poll()
                ends.register(descriptor, select.POLLIN)
                ends.poll(None if timeout is None else timeout * 1000)
            finally:
                os.close(descriptor)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(list(self.args), timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Preloader:
    """The program `support.preloader` for one mode, which is there until this process ends."""

    def __init__(self, mode: str) -> None:
        program = [sys.executable, str(Path(__file__).with_name("preloader.py")), mode]
        self._process = subprocess.Popen(
            program, env=quiet_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._asking = threading.Lock()
        self.pid = self._process.pid
        atexit.register(self._end)

    def start(self, arguments: Sequence[str], env: Mapping[str, str], cwd: Path, log: Path) -> PreloadedProcess:
        """With these arguments, of which the first is the program's name."""
        pid = self.ask(run=list(arguments), env=dict(env), cwd=str(cwd), log=str(log))
        return PreloadedProcess(self, pid, arguments)

    def ask(self, **request: Any) -> Any:
        with self._asking:
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            assert answer, f"the preloader ended with {self._process.wait()}"
            return json.loads(answer)

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def _end(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


_preloaders: dict[str, Preloader] = {}


def preloader(mode: str) -> Preloader:
    if mode not in _preloaders or _preloaders[mode].has_ended:
        _preloaders[mode] = Preloader(mode)
    return _preloaders[mode]


def can_be_preloaded(env: Mapping[str, str]) -> bool:
    """Whether one that was begun before can still take this environment."""
    return has_pidfd() and _from_the_start(env) == _from_the_start(quiet_environment())


@cache
def has_pidfd() -> bool:
    """Linux has, but not in every sandbox."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def _from_the_start(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(_FROM_THE_START)}
