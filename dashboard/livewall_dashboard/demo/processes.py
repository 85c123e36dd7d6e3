"""Ending a process together with everything it started."""

from __future__ import annotations

import subprocess

import psutil


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL `process` and all its descendants, also those in process groups of their own, as pabot's robots are.

    It is stopped first, so that it starts nothing while its children are counted. Nothing if it has ended.
    """
    try:
        root = psutil.Process(process.pid)
        root.suspend()
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        family = []
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            pass
    process.wait()
