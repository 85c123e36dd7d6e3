"""The checks of noxfile.py: which there are, and running them, two at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from queue import SimpleQueue

from runner import results

AT_A_TIME = min(2, os.cpu_count() or 1)
"""While one installs, waits or comes to its last test, the other works."""
LANE = "LIVEWALL_TEST_LANE"
"""Tells those apart that run at the same time: their tests take other ports (support.ports)."""
PART = "part"
"""Tag of what another check runs before itself."""
AT_LAST = "coverage"
"""Adds up what others measured."""

_NOX = (sys.executable, "-m", "nox", "--noxfile", str(results.ROOT / "noxfile.py"))
_printing = threading.Lock()


def choose(tag: str = "") -> list[str]:
    """The names of the checks, or of those with this tag, in the order of noxfile.py: what takes long stands first."""
    listed = subprocess.run([*_NOX, "--list", "--json"], capture_output=True, text=True, check=True, cwd=results.ROOT)
    tags = {each["session"]: each["tags"] for each in json.loads(listed.stdout)}
    return [name for name, its in tags.items() if PART not in its and tag in ["", *its]]


def run(names: Sequence[str]) -> None:
    """Each in a nox of its own. What it prints comes in one piece when it has ended.

    At Ctrl-C, which those that run hear too, they are given the time to end what they started.
    """
    lanes: SimpleQueue[int] = SimpleQueue()
    for lane in range(AT_A_TIME):
        lanes.put(lane)
    env = _environment()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for together in ([name for name in names if name != AT_LAST], [name for name in names if name == AT_LAST]):
            try:
                for ended in as_completed([pool.submit(_run, name, lanes, env) for name in together]):
                    ended.result()
            except KeyboardInterrupt:
                pool.shutdown(cancel_futures=True)
                raise


def _run(name: str, lanes: SimpleQueue[int], env: dict[str, str]) -> None:
    lane = lanes.get()
    with _printing:
        print(f"=== {name} begins", flush=True)
    try:
        with results.log_of(name).open("wb") as log:
            command = [*_NOX, "--report", str(results.report_of(name)), "--session", name]
            subprocess.run(
                command,
                cwd=results.ROOT,
                env={**env, LANE: str(lane)},
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
    finally:
        lanes.put(lane)
    with _printing:
        sys.stdout.write(results.log_of(name).read_text(encoding="utf-8", errors="replace"))
        sys.stdout.flush()


def _environment() -> dict[str, str]:
    index = index_of_pip()
    return {**os.environ, "UV_DEFAULT_INDEX": index} if index else dict(os.environ)


def index_of_pip() -> str:
    """The package index that pip was told to use, for uv, which does not read pip's configuration; "" for the usual."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    return os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
