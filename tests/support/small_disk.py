"""A disk that gets full: a tmpfs, which only root may mount."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .waiting import wait_for

PAGE = os.sysconf("SC_PAGE_SIZE")


class SmallDisk:
    """A file system of `size` bytes at the folder `path`, which is made."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        path.mkdir(parents=True)
        _run("mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "livewall-test", str(path))

    @property
    def used(self) -> int:
        return shutil.disk_usage(self.path).used

    def resize(self, size: int) -> None:
        """It may be made as small as what is used: then it is full."""
        _run("mount", "-o", f"remount,size={size}", str(self.path))

    def fill(self) -> None:
        """Leave no room. Tried again where something is written between the look and the cut."""

        def cut() -> bool:
            self.resize((self.used // PAGE + 1) * PAGE)
            return True

        wait_for(cut, what="the disk to be full", pause=0.0)

    def remove(self) -> None:
        _run("umount", "-l", str(self.path))


@contextmanager
def small_disk(path: Path, size: int) -> Iterator[SmallDisk]:
    disk = SmallDisk(path, size)
    try:
        yield disk
    finally:
        disk.remove()


def why_no_small_disk() -> str:
    """Why this machine cannot make one, "" where it can."""
    if os.geteuid() != 0:
        return "a file system that gets full (tmpfs): only root may mount one"
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "livewall-test", "/mnt"]
    if shutil.which("unshare") and subprocess.run(probe, check=False, capture_output=True).returncode == 0:
        return ""
    return "a file system that gets full (tmpfs): mounting is not allowed here"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
