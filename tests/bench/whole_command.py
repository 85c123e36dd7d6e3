"""Run a command until it has ended, and all that it left running: `python -m bench.whole_command ORDER`.

What a command has used is known to whoever waited for it. What it leaves running (a courier has a session of its own,
and outlives its robot) is nobody's child any more, so this program has the kernel of Linux make it its own, waits for
it, too, and counts both.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import cores, processor_time

PATIENCE = 60.0
"""Seconds that what was left running may go on."""
LOOK_EVERY = 0.02


@dataclass
class Order:
    """`cores`: of the command; `helpers`: of what it starts. None: any."""

    command: list[str]
    cores: list[int] | None = None
    helpers: list[int] | None = None


@dataclass
class Used:
    """`seconds`: until the command ended. `own`: processor seconds of its own process, to a hundredth; `all`: with
    those of all that it started. `stood`: seconds in which its main thread neither ran nor waited for a core.
    """

    code: int
    seconds: float
    own: float
    all: float
    stood: float


def run(order: Order, env: Mapping[str, str]) -> Used:
    """Run it by a process of its own. Raises AssertionError with what it said unless it ends with 0."""
    program = [sys.executable, "-m", __name__, json.dumps(asdict(order))]
    done = subprocess.run(program, env=dict(env), capture_output=True, text=True, check=False)
    *_, last = done.stdout.splitlines() or [""]
    assert done.returncode == 0 and "ERROR" not in done.stderr, (done.stdout + done.stderr)[-4000:]
    return Used(**json.loads(last))


def main(order: Order) -> Used:
    if not processor_time.adopt_orphans():
        sys.exit("What is left running can be counted on Linux alone.")
    begun = time.perf_counter()
    with cores.bound(frozenset(order.cores) if order.cores else None):
        process = subprocess.Popen(order.command, stdin=subprocess.DEVNULL)
    if order.helpers:
        threading.Thread(target=_move_helpers, args=(process.pid, order.helpers), daemon=True).start()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    seconds = time.perf_counter() - begun
    own, stood = _own_time(process.pid), max(seconds - processor_time.at_work(process.pid), 0.0)
    code = process.wait()
    _wait_for_all(time.monotonic() + PATIENCE)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Used(code, seconds, own, used.ru_utime + used.ru_stime, stood)


def _own_time(pid: int) -> float:
    """Of a process that has ended and was not waited for yet, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait_for_all(until: float) -> None:
    """Wait for what was adopted."""
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            time.sleep(LOOK_EVERY)
    raise AssertionError(f"what was left running did not end within {PATIENCE:g} s: {_children(os.getpid())}")


def _move_helpers(pid: int, cores: Sequence[int]) -> None:
    """To their cores, what a process starts: a core is taken over from who starts it."""
    while True:
        for child in _children(pid):
            try:
                os.sched_setaffinity(child, cores)
            except ProcessLookupError:
                pass
        time.sleep(LOOK_EVERY)


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []


if __name__ == "__main__":
    outcome = main(Order(**json.loads(sys.argv[1])))
    print(json.dumps(asdict(outcome)))
    sys.exit(outcome.code)
