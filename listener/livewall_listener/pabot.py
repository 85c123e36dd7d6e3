"""Which pabot run a robot process belongs to.

Pabot tells its processes by Robot Framework variables alone. What holds one run together: the pabot process above us
(its id and the moment it started), the address of its library and its folder of results.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SUITE_NAMES = ".pabotsuitenames"
"""Pabot's list of what it runs, in its working directory."""
_PROC = Path("/proc")
_SPLITTING = re.compile(r"--(shard|argumentfile\d|ordering|suitesfrom)")
"""Options with which the list is not what this pabot runs."""


@dataclass
class PabotProcess:
    """`key`: the same for all processes of one pabot run. `index`: of this process in pabot's queue."""

    key: str
    index: str
    last_in_pool: bool
    total: int


def detect(
    variable: Callable[[str], str], host: str, own_tests: Callable[[], list[str]], folder: Path
) -> PabotProcess | None:
    """None outside of pabot.

    `variable` reads a Robot Framework variable, `own_tests` gives the longnames of this process's tests; `folder` is
    the working directory.
    """
    index = variable("PABOTQUEUEINDEX")
    if not index or index.startswith("-"):  # -1: pabot only looks for suite names
        return None
    ancestors = _ancestors()
    identity = [host, variable("PABOTLIBURI"), *_results_folder(variable("OUTPUT_DIR")), *_pabot_of(ancestors)]
    return PabotProcess(
        key=hashlib.sha256("\x1f".join(identity).encode("utf-8", "replace")).hexdigest()[:32],
        index=index,
        last_in_pool=variable("PABOTISLASTEXECUTIONINPOOL") == "1",
        total=_total(folder / SUITE_NAMES, own_tests, ancestors),
    )


@dataclass
class _Ancestor:
    pid: int
    command: list[str]
    started: str


def _ancestors() -> list[_Ancestor]:
    """The processes above us, nearest first; the parent alone where the system does not tell more."""
    found: list[_Ancestor] = []
    pid = os.getppid()
    while pid > 1 and len(found) < 10:
        try:
            stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            command = (_PROC / str(pid) / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            break
        found.append(_Ancestor(pid, command, stat[19]))
        pid = int(stat[1])
    return found or [_Ancestor(os.getppid(), [], "")]


def _pabot_of(ancestors: list[_Ancestor]) -> tuple[str, str]:
    """The nearest ancestor that is pabot; the parent where none looks like it (pabot called as a library)."""
    pabot = next((process for process in ancestors if _is_pabot(process.command)), ancestors[0])
    return str(pabot.pid), pabot.started


def _is_pabot(command: list[str]) -> bool:
    return any(Path(word).stem == "pabot" or word.startswith("pabot.") for word in command[:4])


def _results_folder(output_dir: str) -> tuple[str, str]:
    """`.../pabot_results` of `.../pabot_results[/argumentfile]/N`, and when it was made, where the system says."""
    for folder in Path(output_dir).parents:
        if folder.name == "pabot_results":
            try:
                born = getattr(folder.stat(), "st_birthtime", "")
            except OSError:
                born = ""
            return str(folder), str(born)
    return "", ""


def _total(path: Path, own_tests: Callable[[], list[str]], ancestors: list[_Ancestor]) -> int:
    """Tests of the whole run where pabot splits by test and its list is this run's; else 0."""
    words = [word for process in ancestors if _is_pabot(process.command) for word in process.command]
    if any(_SPLITTING.match(word) for word in words):
        return 0
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[4:]
    except (OSError, UnicodeError):
        return 0
    items = [line for line in lines if line.startswith("--")]
    tests = {line[7:].split(" #DEPENDS")[0] for line in items if line.startswith("--test ")}
    if len(tests) < len(items) or not tests.issuperset(own_tests()):
        return 0
    return len(tests)
