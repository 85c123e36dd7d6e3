"""A plain process supervisor, in place of systemd: `python -m support.supervisor DIRECTORY COMMAND...`.

It keeps a command running and starts it again when it ends. SIGUSR1 restarts it: SIGTERM, its end, a new start. SIGTERM
ends both. DIRECTORY gets `supervisor.pid`, `service.log` and `starts`, the number of starts so far.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

STOP_WITHIN = 30.0
PAUSE = 0.2
"""Seconds between the end of a command and its next start."""

RESTART = """
before=$(cat {0}/starts); kill -USR1 "$(cat {0}/supervisor.pid)" || exit 1
while [ "$(cat {0}/starts)" = "$before" ]; do sleep 0.05; done
"""
"""Shell: restart the command, and return once it was started again, as `systemctl restart` does."""


class Supervisor:
    def __init__(self, directory: Path, command: list[str]) -> None:
        self._directory = directory
        self._command = command
        self._starts = 0
        self._wanted: set[int] = set()

    def run(self) -> None:
        numbers = {signal.SIGUSR1, signal.SIGTERM, signal.SIGCHLD}
        for number in numbers:
            signal.signal(number, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
        child = self._start()
        self._write("supervisor.pid", os.getpid())
        while True:
            received = signal.sigwait(numbers)
            if received == signal.SIGTERM:
                self._stop(child)
                return
            if received == signal.SIGUSR1:
                self._stop(child)
                child = self._start()
            elif child.poll() is not None:
                time.sleep(PAUSE)
                child = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with (self._directory / "service.log").open("ab") as log:
            child = subprocess.Popen(
                self._command,
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_unblock,  # noqa: PLW1509 - a system call that takes no lock
            )
        self._starts += 1
        self._write("starts", self._starts)
        return child

    def _stop(self, child: subprocess.Popen[bytes]) -> None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _write(self, name: str, number: int) -> None:
        """Whole or not at all: others read it at any time."""
        path = self._directory / f"{name}.new"
        path.write_text(f"{number}\n")
        path.rename(self._directory / name)


def _unblock() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


if __name__ == "__main__":
    Supervisor(Path(sys.argv[1]), sys.argv[2:]).run()
