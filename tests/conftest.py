"""Fixtures of every weight. A test's folder below tests/ is its weight, and its marker."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest
from hypothesis import settings
from psycopg.conninfo import make_conninfo

from livewall_dashboard.history.results import partitions
from livewall_dashboard.postgres.migrations import migrate
from support.dashboard import Dashboard
from support.environment import HERE
from support.postgres import Databases, Postgres, apply_roles, binaries_from_environment, name_of, sweep

TESTS = Path(__file__).parent
WEIGHTS = ("unit", "integration", "acceptance", "browser", "package")


# What tests ask for is on this machine, whatever proxy the machine uses.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = HERE
# Walls of tests are found by the commands of tests, and by nobody else's.
os.environ["XDG_RUNTIME_DIR"] = mkdtemp(prefix="livewall-tests-")
atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)
# Under nohup, or in the background of a script, the programs of tests would ignore what tests send them.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, lambda _number, _frame: None)
# Where nothing may write byte code, each of hundreds of processes would compile each module anew: most of its start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# A machine that is busy with something else is no fault of an example. noxfile.py asks most Pythons for fewer.
_examples = int(os.environ.get("LIVEWALL_TEST_EXAMPLES", "100"))
settings.register_profile("livewall", deadline=None, max_examples=_examples)
settings.load_profile("livewall")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in WEIGHTS:
            item.add_marker(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a server for the whole session: a new one, or the one `LIVEWALL_TEST_DATABASE_URL` names."""
    named = os.environ.get("LIVEWALL_TEST_DATABASE_URL")
    if named:
        yield named
        return
    sweep()
    server = Postgres(binaries_from_environment())
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


@pytest.fixture(scope="session")
def databases(postgres: str) -> Databases:
    return Databases(postgres)


@pytest.fixture(scope="session")
def template(postgres: str, databases: Databases) -> Iterator[str]:
    """Name of a migrated database that nobody connects to: what `database_url` is a copy of.

    It has the first partitions, which take the first run on a wall about as long as all the rest of it.
    """
    url = databases.create()
    migrate(url)
    with psycopg.connect(url) as connection:
        partitions.provide(connection, 1)
    with psycopg.connect(postgres) as server:  # roles are the server's, which workers may share
        server.execute("SELECT pg_advisory_xact_lock(1)")
        apply_roles(url)
    yield name_of(url)
    databases.drop(url)


@pytest.fixture
def database_url(databases: Databases, template: str) -> Iterator[str]:
    """URL of a migrated, empty database of the test's own."""
    url = databases.create(template)
    yield url
    databases.drop(url)


@pytest.fixture
def no_partitions(database_url: str) -> None:
    """The test's database is as migrations leave it: the first run makes the first partitions."""
    with psycopg.connect(database_url) as connection:
        partitions.drop(connection, 1)


@pytest.fixture
def writer_url(database_url: str) -> str:
    """The same for a dashboard: as the role that has the least rights for it."""
    return make_conninfo(database_url, user="livewall")


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """URL of a database of the test's own without a schema."""
    url = databases.create()
    yield url
    databases.drop(url)


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A running server of the test's own, which it may stop, crash and start again."""
    server = Postgres(binaries_from_environment())
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def make_dashboard(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Dashboard]]:
    """Makes dashboards (`Dashboard`'s arguments; the test's database by default), none of which outlives the test."""
    made: list[Dashboard] = []

    def make(**arguments: object) -> Dashboard:
        log_path = tmp_path / f"dashboard-{len(made)}.log"
        dashboard = Dashboard(**{"database_url": database_url, "log_path": log_path, **arguments})  # type: ignore[arg-type]
        made.append(dashboard)
        return dashboard

    yield make
    for dashboard in made:
        dashboard.kill()


@pytest.fixture
def dashboard(make_dashboard: Callable[..., Dashboard]) -> Iterator[Dashboard]:
    """A running dashboard on the test's database; if it still runs at the end, it must stop well."""
    running = make_dashboard().start()
    yield running
    if running.running:
        running.stop()
