"""Ending a process together with everything it started."""

from __future__ import annotations

import subprocess
from contextlib import suppress

import psutil


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL `process` and all its descendants, also those in process groups of their own, as pabot's robots are.

    It is stopped first, so that it starts nothing while its children are counted; then they are, so that none lives to
    see the end of another and to tell of it. Nothing if it has ended: its number may be another's by now.
    """
    if process.poll() is not None:
        return
    try:
        root = psutil.Process(process.pid)
        root.suspend()
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        family = []
    for end in (psutil.Process.suspend, psutil.Process.kill):
        for member in family:
            with suppress(psutil.NoSuchProcess):
                end(member)
    process.wait()
