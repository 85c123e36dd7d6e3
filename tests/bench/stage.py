"""What benchmarks run against: one Postgres, dashboards on it, servers to compare with."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.ports import free_port
from support.postgres import Databases, Postgres
from support.waiting import wait_for

ROOT = Path(__file__).parents[2]
BASELINES = Path(__file__).parent / "baselines"
SOCKET_IO = ROOT / "dashboard/livewall_dashboard/static/vendor/socket.io-client@4.8.4/socket.io.esm.min.js"


@dataclass(frozen=True)
class BareServer:
    """What is asked beside a wall."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Stage:
    """`directory` is where logs, suites and data may go."""

    def __init__(self, postgres: Postgres, directory: Path) -> None:
        self.postgres = postgres
        self.databases = Databases(postgres.url)
        self.directory = directory

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """URL of a database without a schema."""
        url = self.databases.create()
        try:
            yield url
        finally:
            self.databases.drop(url)

    @contextmanager
    def database(self) -> Iterator[str]:
        """URL of an empty database with the schema."""
        with self.empty_database() as url:
            with psycopg.connect(url) as connection:
                for path in sorted((ROOT / "schema" / "migrations").glob("*.sql")):
                    connection.execute(path.read_bytes())
            yield url

    @contextmanager
    def dashboard(self, *args: str) -> Iterator[Dashboard]:
        """A dashboard on a database of its own."""
        url = self.databases.create()
        port = free_port()
        dashboard = Dashboard(
            database_url=url,
            port=port,
            log_path=self.directory / f"dashboard-{port}.log",
            extra_args=["--data", str(self.directory / f"data-{port}"), *args],
            preloaded=False,  # its memory, its start and its cores are measured
        )
        try:
            yield dashboard.start()
            dashboard.stop()
        finally:
            dashboard.kill()
            self.databases.drop(url)

    @contextmanager
    def bare_server(self) -> Iterator[BareServer]:
        """The server of `baselines/empty_flask.py`."""
        port = free_port()
        command = [sys.executable, "-W", "ignore", str(BASELINES / "empty_flask.py"), str(port), str(SOCKET_IO)]
        process = subprocess.Popen(command, env=quiet_environment())
        bare = BareServer(port, process.pid)
        try:
            wait_for(lambda: _answers(bare.url), what="the bare server")
            yield bare
        finally:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    with urllib.request.urlopen(url, timeout=5) as reply:
        return bool(reply.status == 200)
