"""The process above an instance's processes: starts its command, writes down what that says, and leaves nothing behind.

It is a program of its own, `python -m livewall_agent.instance_process`, and knows no server and no secret. On standard
input comes a line of JSON, the order; at the end of that, or where more comes, all of it ends. On standard output goes
one line of JSON at the end, `{"code", "excess", "left"}`. Meanwhile it sleeps: there may be a hundred.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from livewall_agent import processes
from livewall_agent.process_limits import LOOK_EACH, Usage, bound_files, line_of
from livewall_agent.rotating_log import RotatingLog

_PIECE = 65536
_NOT_STARTED = 127


def main() -> None:
    for number in (signal.SIGINT, signal.SIGPIPE):  # Ctrl-C is the agent's
        signal.signal(number, signal.SIG_IGN)
    line = line_of(sys.stdin.fileno())
    if not line:
        return  # the agent was killed before it could say what to do
    told = InstanceProcess(json.loads(line), sys.stdin.fileno()).run()
    with suppress(OSError):
        os.write(sys.stdout.fileno(), json.dumps(told).encode() + b"\n")


class InstanceProcess:
    """`order`: `command` (a script's path), `environment`, `folder`, `log`, and `grace`, `memory`, `disk` (seconds and
    bytes; null for none).
    """

    def __init__(self, order: dict[str, Any], control: int) -> None:
        self._order = order
        self._folder = Path(order["folder"])
        self._log = RotatingLog(Path(order["log"]))
        self._usage = Usage(self._folder, order["memory"], order["disk"], "instance")
        self._output, self._writing = os.pipe()
        os.set_blocking(self._output, False)
        self._is_told_to_end = False
        self._dead: dict[int, int] = {}
        self._selector = self._listen(control)

    def run(self) -> dict[str, Any]:
        """To its end; afterwards nothing of it is left. -> what is said of that."""
        if not processes.is_first():
            processes.adopt_orphans()
        bound_files(self._order["disk"])
        code, excess = self._live()
        self._end_all()
        left = processes.kill_all()
        self._take_output()
        return {"code": code, "excess": excess, "left": left}

    def _live(self) -> tuple[int | None, str]:
        """Until the command has ended, or is to -> its exit code, and what it used too much of."""
        try:
            child = self._start()
        except (OSError, ValueError) as error:
            self._log.write(f"livewall-agent: it could not be started: {error}\n".encode())
            return _NOT_STARTED, ""
        pause = LOOK_EACH if self._order["memory"] or self._order["disk"] else None
        while not self._is_told_to_end:
            self._turn(pause)
            if child in self._dead:
                return self._dead[child], ""
            if excess := self._usage.excess():
                return None, excess
        return None, ""

    def _start(self) -> int:
        child = subprocess.Popen(
            [shutil.which("bash") or "/bin/sh", self._order["command"]],
            cwd=self._folder / "work",
            env=self._order["environment"],
            stdin=subprocess.DEVNULL,
            stdout=self._writing,
            stderr=self._writing,
            start_new_session=True,
        )
        child.returncode = 0  # `processes.reap` waits for it
        return child.pid

    def _end_all(self) -> None:
        """Politely; what is left then is killed."""
        processes.signal_all(signal.SIGTERM)
        give_up = time.monotonic() + self._order["grace"]
        while processes.of_job() and time.monotonic() < give_up:
            self._turn(0.05)

    def _turn(self, timeout: float | None) -> None:
        for key, _ in self._selector.select(timeout):
            key.data()
        self._dead.update(processes.reap())

    def _listen(self, control: int) -> selectors.BaseSelector:
        selector = selectors.DefaultSelector()
        selector.register(self._output, selectors.EVENT_READ, self._take_output)
        selector.register(control, selectors.EVENT_READ, lambda: self._end(control))
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._end(control))
        selector.register(reading, selectors.EVENT_READ, lambda: os.read(reading, _PIECE))
        return selector

    def _end(self, control: int) -> None:
        self._is_told_to_end = True
        with suppress(KeyError):
            self._selector.unregister(control)

    def _take_output(self) -> None:
        """All that there is, but no more than a while of one that never stops talking."""
        with suppress(BlockingIOError):
            for _ in range(64):
                if not (data := os.read(self._output, _PIECE)):
                    return
                self._log.write(data)


if __name__ == "__main__":
    main()
