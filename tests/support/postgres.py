"""A real Postgres for the tests: the embedded one, or another version's binaries, in a directory of its own."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from livewall_dashboard.postgres import server_process

from .waiting import wait_for

QUICK = ("fsync = off", "full_page_writes = off", "autovacuum = off", "jit = off")
"""Settings that trade away what only a power cut could take; a killed server still recovers."""


PREFIX = "livewall-pg-"
OWNER = "owner.pid"
SUPERUSER = "postgres"
START_WITHIN = 60.0
STOP_WITHIN = 60.0


class Postgres:
    """A server on a Unix socket in a new directory of its own, below the temporary directory.

    It is started the way the dashboard starts its own: as root by a user that exists already, as a child that ends with
    us. `binaries`: the folder of another version's `initdb` and `postgres`; None for the embedded version. `settings`:
    lines of postgresql.conf. `url` is that of the maintenance database, also before the start and while it is stopped.
    """

    def __init__(self, binaries: Path | None = None, settings: Sequence[str] = QUICK) -> None:
        programs = server_process.find_programs()
        self.programs = replace(programs, folder=binaries) if binaries else programs
        self.programs.allow_access()
        self.directory = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        if self.programs.user is not None:  # who makes the socket in it
            os.chown(self.directory, self.programs.user.pw_uid, self.programs.user.pw_gid)
        (self.directory / OWNER).write_text(str(os.getpid()))
        self.data = self.directory / "data"
        self.url = f"postgresql://{SUPERUSER}@/postgres?host={quote(str(self.directory), safe='/')}"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, the first time with a new, empty cluster; returns when it takes connections."""
        if not self.data.exists():
            self._create_cluster()
        place = {"listen_addresses": "", "unix_socket_directories": str(self.directory)}
        with self._log.open("ab") as output:
            process = self._process = self.programs.start(self.data, place, output)
        wait_for(lambda: process.poll() is not None or self._answers(), START_WITHIN, f"Postgres in {self.directory}")
        assert process.poll() is None, self.log[-4000:]

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop it and wait until it is gone: `fast` closes well, `immediate` is a crash."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGINT if mode == "fast" else signal.SIGQUIT)
            process.wait(STOP_WITHIN)

    @property
    def pid(self) -> int:
        """Of the server, whose children do the work."""
        assert self._process is not None
        return self._process.pid

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """All of its processes stand for the block: it is connected and says nothing."""
        assert self._process is not None
        server_process = psutil.Process(self._process.pid)
        stopped = [server_process, *server_process.children(recursive=True)]
        for process in stopped:
            process.suspend()
        try:
            yield
        finally:
            for process in stopped:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def remove(self) -> None:
        """Stop it and delete its directory."""
        self.stop("immediate")
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def _log(self) -> Path:
        return self.directory / "log"

    def _create_cluster(self) -> None:
        # initdb takes three times as long as a copy of what it made.
        subprocess.run(["cp", "-a", str(_empty_cluster(self.programs)), str(self.data)], check=True)
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("".join(f"{line}\n" for line in self._settings))

    def _answers(self) -> bool:
        psycopg.connect(self.url, connect_timeout=5).close()
        return True


@cache
def _empty_cluster(programs: server_process.Programs) -> Path:
    """A cluster that nobody starts, made once in a process."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / OWNER).write_text(str(os.getpid()))
    cluster = folder / "data"
    cluster.mkdir(mode=0o700)
    if programs.user is not None:
        os.chown(cluster, programs.user.pw_uid, programs.user.pw_gid)
    options = ("--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--no-locale", "--no-sync")
    made = programs.create(cluster, *options)
    assert made.returncode == 0, made.stdout
    return cluster


def sweep() -> None:
    """Delete what servers left whose tests were killed; the servers have ended with them, where the system can tell."""
    for directory in Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*"):
        try:
            owner = int((directory / OWNER).read_text())
        except (OSError, ValueError):
            continue
        if psutil.pid_exists(owner):
            continue
        server = server_process.leftover(directory / "data")
        if server is not None:
            server_process.stop_leftover(server, directory / "data")
        shutil.rmtree(directory, ignore_errors=True)


def binaries_from_environment() -> Path | None:
    """`LIVEWALL_TEST_POSTGRES_BIN`: run the tests on another version, e.g. /usr/lib/postgresql/15/bin."""
    named = os.environ.get("LIVEWALL_TEST_POSTGRES_BIN")
    return Path(named) if named else None


class Databases:
    """Databases on a server, made for a test each and dropped after it."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url

    def create(self, template: str = "template0") -> str:
        """URL of a new database that is a copy of `template` (a database's name)."""
        name = f"test_{uuid.uuid4().hex}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            # Without syncing to the disk, copying the files takes half the time that their log would.
            strategy = " STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
            connection.execute(statement + sql.SQL(strategy))
        return self.url_of(name)

    def drop(self, url: str) -> None:
        """Drop the database at `url`, whoever is still connected to it."""
        name = name_of(url)
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def url_of(self, name: str) -> str:
        """URL of the database called `name` on this server."""
        scheme, _, rest = self._server_url.partition("://")
        authority, _, path = rest.partition("/")
        query = path.partition("?")[2]
        return f"{scheme}://{authority}/{name}" + (f"?{query}" if query else "")

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(statement)


_ROLES = Path(__file__).parents[2] / "config" / "postgresql" / "roles.sql"


def apply_roles(url: str) -> None:
    """Give the roles of config/postgresql their rights in a migrated database; `url` is a superuser's.

    As psql would run the file: line by line it is SQL but for psql's own command.
    """
    text = _ROLES.read_text(encoding="utf-8").replace("\\set ON_ERROR_STOP on\n", "")
    assert "\n\\" not in text
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(text.encode())


def name_of(url: str) -> str:
    """The database's name in a connection URL."""
    return str(conninfo_to_dict(url)["dbname"])
