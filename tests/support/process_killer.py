"""Jenkins's process killer (`hudson.util.ProcessTree` on Linux), which runs when a build ends or is aborted.

It knows the processes of a build by a variable that they have inherited, and ends each with all that it has started:
children first, by SIGTERM, one after the other, each waited for. Nothing is ended by force.
"""

from __future__ import annotations

import time

import psutil

PATIENCE = 60.0
"""Seconds for each process; Jenkins gives five to all of them together, on a machine that is less busy than ours."""


def kill_all(variable: str, value: str) -> list[psutil.Process]:
    """-> those that went on for all that time."""
    tree = list(psutil.process_iter())
    left: list[psutil.Process] = []
    for process in tree:
        try:
            if process.environ().get(variable) == value:
                _kill_recursively(process, tree, left)
        except psutil.Error:
            continue  # it has ended, or is none of ours to look at
    return left


def _kill_recursively(process: psutil.Process, tree: list[psutil.Process], left: list[psutil.Process]) -> None:
    for other in tree:
        if _parent(other) == process.pid:
            _kill_recursively(other, tree, left)
    try:
        process.terminate()
    except psutil.NoSuchProcess:
        return
    give_up = time.monotonic() + PATIENCE
    while not is_over(process):
        if time.monotonic() > give_up:
            left.append(process)
            return
        time.sleep(0.02)


def _parent(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.Error:
        return None


def is_over(process: psutil.Process) -> bool:
    """Also a zombie of the test's own, or of the first process, which in a container may never ask for its end."""
    try:
        collectors = (1, psutil.Process().pid)
        return not process.is_running() or (process.status() == psutil.STATUS_ZOMBIE and process.ppid() in collectors)
    except psutil.Error:
        return True
